using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7001: no lock of the kernel is recursive; whoever takes one that it has waits for itself.</summary>
internal sealed class DoubleLock() : FlowCheck(Descriptors.DK7001_DoubleLock)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot);

    public override void OnLock(LockEffect taken, EquatableArray<Hold> holds, CallSite site)
    {
        if (taken.IsTry || taken.Resource == Resources.Semaphore)
            return;
        var held = holds.FirstOrDefault(hold => taken.Object.Equals(hold.Object) && Excludes(hold.Resource, taken.Resource));

        // The same call once more is a loop that does not give back: DK7003.
        if (held is null || held.Site == site.Operation.Syntax.Span)
            return;
        site.Report(new(
            Rule, site.Location, [site.Chain[0], Through(site.Chain), LockNames.Of(taken.Object), held.By, LineOf(held.At)], held.At, NoProperties));
    }

    /// <summary>Readers of a rwlock do not wait for one another; all others do.</summary>
    private static bool Excludes(string held, string taken) => Resources.IsLock(held) && !(held == Resources.ReadLock && taken == Resources.ReadLock);
}
