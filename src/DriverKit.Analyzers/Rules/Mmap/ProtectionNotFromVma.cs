using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4010: what a process may do with a map is in the area's own protection.</summary>
internal sealed class ProtectionNotFromVma() : FlowCheck(Descriptors.DK4010_ProtectionNotFromVma)
{
    public override void OnKernelCall(KernelCall call)
    {
        if (!Areas.IsRemap(call.Name) || call.IndexOf("prot") is not (var index and >= 0) || call.Arguments.Count <= index)
            return;
        var protection = call.Arguments[index].Id;
        if (IsConstant(protection, call.Caller.Symbols))
            call.Report(Describe(call.Name, [], call.LocationOf(index)));
        else if (protection is Sym.Entry)
            call.Raise(new ProtectionEffect(call.State.EntryFacts(), [call.Name], protection));
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not ProtectionEffect use || site.Lift(use.Protection) is not { } value)
            return;
        if (IsConstant(value.Id, site.Caller.Symbols))
            site.Report(Describe(use.Culprit, site.Chain, site.LocationOf(use.Protection)));
        else if (value.Id is Sym.Entry)
            site.Raise(use with { Guard = site.Guard, Chain = site.Chain, Protection = value.Id });
    }

    /// <summary>True for what is certainly not the area's: a constant, one of those that have a name, and what is made of them.</summary>
    private static bool IsConstant(Sym protection, KnownSymbols symbols) => protection switch
    {
        Sym.Const => true,
        Sym.Member { Receiver: null, Symbol: IPropertySymbol property } => symbols.IsProtection(property.ContainingType),
        Sym.Member { Receiver: null, Symbol: IFieldSymbol { IsReadOnly: true } } => true,
        Sym.Bits bits => IsConstant(bits.Operand, symbols),
        Sym.Query { Symbol: IMethodSymbol method, Arguments: { Count: 1 } arguments } => symbols.KernelFunction(method) is not null && IsConstant(arguments[0], symbols),
        _ => false,
    };

    private Finding Describe(string function, ImmutableArray<string> chain, Location at) => new(Rule, at, [function, Through(chain)], null, NoProperties);

    /// <summary>The method maps a range with a protection that its callers choose.</summary>
    private sealed record ProtectionEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Protection) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(ProtectionEffect), Protection, Guard);
    }
}
