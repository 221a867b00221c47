using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>What the rules of this band ask about an area, a <c>vm_area_struct</c>, and its parts.</summary>
internal static class Areas
{
    /// <summary>The operations that map something into an area, by the name of the function.</summary>
    public static bool IsMapping(string function) => IsRemap(function) || function is "VmInsertPage" or "VmInsertPfn";

    /// <summary>True for <c>remap_pfn_range</c> and its twin for device memory.</summary>
    public static bool IsRemap(string function) => function is "RemapPfnRange" or "IoRemapPfnRange";

    /// <summary>True when the value depends on how long the area is.</summary>
    public static bool MentionsLength(this Sym sym, Sym area, KnownSymbols symbols) => sym.Any(part => part.IsPart(area, "Length", symbols) || part.IsPart(area, "VmEnd", symbols));

    /// <summary>True when the value depends on where in the file the area begins.</summary>
    public static bool MentionsOffset(this Sym sym, Sym area, KnownSymbols symbols) => sym.Any(part => part.IsPart(area, "VmPgoff", symbols));

    /// <summary>True for that property of that area.</summary>
    public static bool IsPart(this Sym sym, Sym area, string name, KnownSymbols symbols) =>
        sym is Sym.Member { Receiver: { } receiver } member && member.Symbol.Name == name && receiver.Equals(area) && symbols.IsArea(member.Symbol.ContainingType);

    /// <summary>True when the cell is that property of some area.</summary>
    public static bool IsPart(this Place.Cell cell, string name, KnownSymbols symbols) =>
        cell.Receiver is not null && cell.Symbol.Name == name && symbols.IsArea(cell.Symbol.ContainingType);

    /// <summary>The bits of flags that are known to be set; null when nobody knows.</summary>
    public static ulong? SetBits(Sym flags) => flags switch
    {
        Sym.Const => SymFactory.NumberOf(flags),
        Sym.Member => 0,
        Sym.Bits { IsAnd: true } bits => SetBits(bits.Operand) & bits.Mask,
        Sym.Bits bits => SetBits(bits.Operand) | bits.Mask,
        _ => null,
    };

    /// <summary>True when the operation is an argument of a method whose code nobody can see: it may do anything with it.</summary>
    public static bool GoesOutOfSight(IOperation operation, KnownSymbols symbols)
    {
        var at = operation;
        while (at.Parent is IConversionOperation or IFlowCaptureOperation)
            at = at.Parent;
        if (at.Parent is not IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } || symbols.KernelFunction(method) is not null)
            return false;
        return method.DeclaringSyntaxReferences.IsEmpty || method.MethodKind == MethodKind.DelegateInvoke || method.IsAbstract || method.IsVirtual || method.IsOverride;
    }

    /// <summary>The bodies that the rules of this band ask about: what is put into that slot.</summary>
    public static bool IsMmap(this SlotStore store) => store.Name == "FileOperations.Mmap";

    /// <summary>The area that an operation is called for; null when it has none.</summary>
    public static Sym? AreaOf(IMethodSymbol? operation, KnownSymbols symbols)
    {
        foreach (var parameter in operation?.Parameters ?? [])
        {
            if (symbols.IsArea(parameter.Type))
                return new Sym.Entry(parameter);
        }

        return null;
    }
}
