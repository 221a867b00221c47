using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Rules.Locking;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1006: the counts of disabled preemption, bottom halves and interrupts belong to the processor and outlive the method.</summary>
internal sealed class AtomicDepthImbalance() : FlowCheck(Descriptors.DK1006_AtomicDepthImbalance)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    public override void OnEnd(EndSite end)
    {
        foreach (var (hold, leaves) in PathBalance.Left(end, IsMine))
            end.Report(Describe(hold, leaves));
        foreach (var unlock in PathBalance.GivenBackTooOften(end, IsMine))
            end.Report(Describe(unlock.Release, unlock.At));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!PathBalance.MustBalance(entry.Store))
            return;
        foreach (var end in entry.Summary.Cases)
        {
            foreach (var hold in end.Holds.Where(hold => IsMine(hold) && !hold.IsDoubtful && !hold.Told.Contains(Rule.Id)))
                entry.Report(Describe(hold, end.ReturnAt));
            foreach (var release in end.Released.Where(release => IsMine(release) && !release.Told.Contains(Rule.Id)))
                entry.Report(Describe(release, entry.Body.LocationOf(release.Site)));
        }
    }

    /// <summary>A count that was taken with a lock goes with the lock.</summary>
    private static bool IsMine(Hold hold) => Resources.IsCount(hold.Resource) && !hold.HasLock;

    /// <summary>Interrupts are no count: whoever turns them on need not have turned them off.</summary>
    private static bool IsMine(Release release) => Resources.IsCount(release.Resource) && !release.HasLock && release.Resource != Resources.InterruptsOff;

    private Finding Describe(Hold hold, Location? leaves) => new(
        Rule,
        hold.At ?? Location.None,
        [$"What {hold.By} turns off stays off on the path that leaves on line {LineOf(leaves)}", "undo it on every path"],
        leaves,
        NoProperties);

    private Finding Describe(Release release, Location at) =>
        new(Rule, at, [$"This ends one more {Words(release.Resource)} than has begun on one of the paths that come here", "undo only what was done on the same path"], null, NoProperties);

    private static string Words(string resource) => resource switch
    {
        Resources.BottomHalves => "local_bh_disable()",
        Resources.RcuReadSide => "rcu_read_lock()",
        _ => "preempt_disable()",
    };
}
