using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>One contract attribute, read: its name without "Attribute", the names of the enum members that are its arguments, its named arguments.</summary>
internal sealed record ContractAttribute(string Name, ImmutableArray<string> Arguments, ImmutableDictionary<string, object?> Named)
{
    /// <summary>The first argument, or null.</summary>
    public string? Argument => Arguments.IsEmpty ? null : Arguments[0];

    /// <summary>A named argument that is a text; for an enum, the name of its member.</summary>
    [MethodImpl(Jit.AtOnce)]
    public string? Text(string name) => Named.TryGetValue(name, out var value) ? value as string : null;

    /// <summary>True when the named argument is true.</summary>
    public bool Is(string name) => Named.TryGetValue(name, out var value) && value is true;

    public INamedTypeSymbol? Type(string name) => Named.TryGetValue(name, out var value) ? value as INamedTypeSymbol : null;

    /// <summary>Those of the attributes that are contracts; nothing else is read.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static ImmutableArray<ContractAttribute> Read(IEnumerable<AttributeData> attributes)
    {
        ImmutableArray<ContractAttribute>.Builder? found = null;
        foreach (var attribute in attributes)
        {
            if (attribute.AttributeClass is { } type && IsContract(type))
                (found ??= ImmutableArray.CreateBuilder<ContractAttribute>()).Add(Read(attribute, type));
        }

        return found?.ToImmutable() ?? [];
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool IsContract(INamedTypeSymbol type) => type.ContainingNamespace switch
    {
        { Name: "Contracts", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } } => true,
        { Name: "Primitives", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } } => type.Name == "UnitAttribute",
        { Name: "Contracts" } => type.Name == "PureAttribute",
        { Name: "Primitives" } => type.Name == "UnitAttribute",
        _ => false,
    };

    [MethodImpl(Jit.AtOnce)]
    private static ContractAttribute Read(AttributeData attribute, INamedTypeSymbol type)
    {
        const string Suffix = "Attribute";
        string name = type.Name.EndsWith(Suffix, System.StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - Suffix.Length) : type.Name;
        var arguments = attribute.ConstructorArguments.Where(static argument => argument.Kind != TypedConstantKind.Array)
            .Select(static argument => ValueOf(argument) as string).OfType<string>().ToImmutableArray();
        var named = attribute.NamedArguments.Where(static pair => pair.Value.Kind != TypedConstantKind.Array)
            .GroupBy(static pair => pair.Key).ToImmutableDictionary(static pairs => pairs.Key, static pairs => ValueOf(pairs.First().Value));
        return new(name, arguments, named);
    }

    /// <summary>An enum's value is the name of its member.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static object? ValueOf(TypedConstant argument) => argument is { Kind: TypedConstantKind.Enum, Type: { } type, Value: { } value }
        ? type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && value.Equals(field.ConstantValue))?.Name
        : argument.Kind == TypedConstantKind.Error ? null : argument.Value;
}
