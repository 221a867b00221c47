using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4008: <c>remap_pfn_range</c> changes the area, which nobody else may see meanwhile.</summary>
internal sealed class RemapOutsideMmap() : FlowCheck(Descriptors.DK4008_RemapOutsideMmap)
{
    public override void OnKernelCall(KernelCall call)
    {
        if (Areas.IsRemap(call.Name))
            call.Raise(new RemapsEffect(call.State.EntryFacts(), [call.Name]));
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is RemapsEffect)
            site.Raise(new RemapsEffect(site.Guard, site.Chain));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (entry.Store.IsMmap())
            return;
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is RemapsEffect remap)
                entry.Report(new(Rule, raised.At, [remap.Culprit, Through(remap.Chain), entry.Store.Name], entry.Store.At, NoProperties));
        }
    }

    /// <summary>The method maps a range.</summary>
    private sealed record RemapsEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(RemapsEffect), Guard);
    }
}
