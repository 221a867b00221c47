using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1001: nothing may sleep with a spinlock held, preemption or interrupts off, or in a read section of RCU.</summary>
internal sealed class SleepInAtomicContext() : FlowCheck(Descriptors.DK1001_SleepInAtomicContext)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot | Reach.Sleep);

    public override void OnSleep(Sleep sleep)
    {
        if (sleep is { Sort: SleepSort.Plain, Forbidden: { Resource: not Resources.KmapAtomicSlot } hold })
            sleep.Site.Report(ContextWords.Describe(Rule, sleep, hold) with { Supersedes = (ContextWords.Special, sleep.Site.Location) });
    }
}
