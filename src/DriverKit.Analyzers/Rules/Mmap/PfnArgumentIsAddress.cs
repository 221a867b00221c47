using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4014: a frame number is an address divided by the size of a page.</summary>
internal sealed class PfnArgumentIsAddress() : FlowCheck(Descriptors.DK4014_PfnArgumentIsAddress)
{
    public override void OnKernelCall(KernelCall call)
    {
        if (!(Areas.IsRemap(call.Name) || call.Name == "VmInsertPfn") || call.IndexOf("pfn") is not (var index and >= 0) || call.Arguments.Count <= index)
            return;
        var pfn = call.Arguments[index];
        if (pfn.Unit == Unit.Bytes)
            call.Report(Describe(call.Name, [], call.LocationOf(index)));
        else if (pfn.Id is Sym.Entry)
            call.Raise(new FrameEffect(call.State.EntryFacts(), [call.Name], pfn.Id));
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not FrameEffect use || site.Lift(use.Frame) is not { } value)
            return;
        if (value.Unit == Unit.Bytes)
            site.Report(Describe(use.Culprit, site.Chain, site.LocationOf(use.Frame)));
        else if (value.Id is Sym.Entry)
            site.Raise(use with { Guard = site.Guard, Chain = site.Chain, Frame = value.Id });
    }

    private Finding Describe(string function, ImmutableArray<string> chain, Location at) => new(Rule, at, [function, Through(chain)], null, NoProperties);

    /// <summary>The method maps a frame that its callers choose.</summary>
    private sealed record FrameEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Frame) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(FrameEffect), Culprit, Frame, Guard);
    }
}
