using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules;

/// <summary>Where the fields of an unmanaged struct lie, as the runtime lays them out: in their order, each at a multiple of its alignment.</summary>
internal static class StructLayout
{
    private const int PointerSize = 8;

    /// <summary>The first hole in a struct; null when it has none, or nobody can tell.</summary>
    public static Hole? FirstHole(ITypeSymbol type) => Measure(type) is { } shape && shape.Holes.Length > 0 ? shape.Holes[0] : null;

    /// <summary>All holes of a struct, but for those of structs inside it.</summary>
    public static ImmutableArray<Hole> OwnHoles(INamedTypeSymbol type) => Measure(type)?.Holes.Where(hole => SymbolEqualityComparer.Default.Equals(hole.Type, type)).ToImmutableArray() ?? [];

    private static Shape? Measure(ITypeSymbol type)
    {
        if (SizeOf(type.SpecialType) is { } size)
            return new(size, size, []);
        return type switch
        {
            IPointerTypeSymbol or IFunctionPointerTypeSymbol => new(PointerSize, PointerSize, []),
            INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying } => Measure(underlying),
            INamedTypeSymbol { TypeKind: TypeKind.Struct } named => MeasureStruct(named),
            _ => null,
        };
    }

    private static Shape? MeasureStruct(INamedTypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Decimal || type is { ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }, Name: "Guid" })
            return new(16, type.Name == "Guid" ? 4 : 8, []);
        var (kind, pack, fixedSize) = LayoutOf(type);
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(static field => !field.IsStatic && !field.IsConst).ToList();
        if (fields.Count == 0 || kind != Sequential)
            return null;
        var holes = new List<Hole>();
        int offset = 0, alignment = 1;
        foreach (var field in fields)
        {
            if (ShapeOf(field) is not { } shape)
                return null;
            int wanted = pack == 0 ? shape.Alignment : Math.Min(shape.Alignment, pack);
            alignment = Math.Max(alignment, wanted);
            int start = (offset + wanted - 1) / wanted * wanted;
            if (start > offset)
                holes.Add(new(type, field, offset, start - offset));
            holes.AddRange(shape.Holes.Select(hole => hole with { Offset = hole.Offset + start }));
            offset = start + shape.Size;
        }

        int elements = ElementsOf(type);
        if (elements > 0)
            return new(offset * elements, alignment, [.. holes]);
        int end = Math.Max((offset + alignment - 1) / alignment * alignment, fixedSize);
        if (end > offset)
            holes.Add(new(type, null, offset, end - offset));
        return new(end, alignment, [.. holes]);
    }

    private static Shape? ShapeOf(IFieldSymbol field)
    {
        if (!field.IsFixedSizeBuffer)
            return Measure(field.Type);
        return field.Type is IPointerTypeSymbol { PointedAtType: var element } && Measure(element) is { } shape ? shape with { Size = shape.Size * field.FixedSize } : null;
    }

    private const int Sequential = 0, Auto = 3;

    private static (int Kind, int Pack, int Size) LayoutOf(INamedTypeSymbol type)
    {
        var attribute = type.GetAttributes().FirstOrDefault(static data => data.AttributeClass is { Name: "StructLayoutAttribute", ContainingNamespace.Name: "InteropServices" });
        if (attribute is null)
            return type.DeclaringSyntaxReferences.IsEmpty ? (Auto, 0, 0) : (Sequential, 0, 0);
        int kind = attribute.ConstructorArguments.FirstOrDefault().Value is { } value ? Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) : Auto;
        int Named(string name) => attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value as int? ?? 0;
        return (kind, Named("Pack"), Named("Size"));
    }

    private static int ElementsOf(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(static data => data.AttributeClass is { Name: "InlineArrayAttribute", ContainingNamespace.Name: "CompilerServices" })
            ?.ConstructorArguments.FirstOrDefault().Value as int? ?? 0;

    private static int? SizeOf(SpecialType type) => type switch
    {
        SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte => 1,
        SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16 => 2,
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => 4,
        SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => 8,
        SpecialType.System_IntPtr or SpecialType.System_UIntPtr => PointerSize,
        _ => null,
    };

    /// <summary>Bytes of a struct that no field covers.</summary>
    /// <param name="Type">The struct whose layout makes the hole.</param>
    /// <param name="Before">The field behind the hole; null at the end.</param>
    /// <param name="Offset">Where it starts.</param>
    /// <param name="Size">How many bytes.</param>
    internal sealed record Hole(INamedTypeSymbol Type, IFieldSymbol? Before, int Offset, int Size);

    private sealed record Shape(int Size, int Alignment, ImmutableArray<Hole> Holes);
}
