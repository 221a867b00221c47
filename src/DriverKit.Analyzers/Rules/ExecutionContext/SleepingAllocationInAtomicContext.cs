using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1003: an allocation whose flags let it wait sleeps like any other function that does.</summary>
internal sealed class SleepingAllocationInAtomicContext() : FlowCheck(Descriptors.DK1003_SleepingAllocationInAtomicContext)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot | Reach.Sleep);

    public override void OnSleep(Sleep sleep)
    {
        if (sleep is { Sort: SleepSort.Allocation, Forbidden: { } hold })
            sleep.Site.Report(ContextWords.Describe(Rule, sleep, hold));
    }
}
