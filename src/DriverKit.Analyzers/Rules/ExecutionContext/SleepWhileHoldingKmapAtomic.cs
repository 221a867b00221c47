using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1002: nothing may sleep while a kmap_atomic slot is held, because the next task on the CPU would take the slot over.</summary>
internal sealed class SleepWhileHoldingKmapAtomic() : FlowCheck(Descriptors.DK1002_SleepWhileHoldingKmapAtomic)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot | Reach.Sleep);

    public override void OnSleep(Sleep sleep)
    {
        if (sleep is { Sort: SleepSort.Plain, Forbidden: { Resource: Resources.KmapAtomicSlot } slot })
            sleep.Site.Report(Describe(sleep, slot));
    }

    private Finding Describe(Sleep sleep, Hold slot) => new(
        Rule, sleep.Site.Location, ImmutableArray.Create<object>(sleep.Chain[0], Through(sleep.Chain), slot.By, LineOf(slot.At)), slot.At, NoProperties)
    {
        Supersedes = (ContextWords.Special, sleep.Site.Location),
    };
}
