using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7003: the path that forgets the unlock is the one that no test takes.</summary>
internal sealed class LockNotReleasedOnPath() : FlowCheck(Descriptors.DK7003_LockNotReleasedOnPath)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot);

    public override void OnEnd(EndSite end)
    {
        foreach (var (hold, leaves) in PathBalance.Left(end, static hold => Resources.IsLock(hold.Resource)))
            end.Report(Describe(hold, leaves));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!PathBalance.MustBalance(entry.Store))
            return;
        foreach (var end in entry.Summary.Cases)
        {
            // A semaphore may stay down from one call to the next.
            foreach (var hold in end.Holds.Where(hold => IsMine(hold) && hold is { IsDoubtful: false, Resource: not Resources.Semaphore }))
            {
                if (!entry.Summary.Findings.Any(finding => finding.At == hold.At && finding.Rule.Id == Descriptors.DK7007_TrylockResultMisread.Id))
                    entry.Report(Describe(hold, end.ReturnAt));
            }
        }
    }

    /// <summary>Who only passes on what a callee holds is not told again.</summary>
    private bool IsMine(Hold hold) => Resources.IsLock(hold.Resource) && !hold.Told.Contains(Rule.Id) && !hold.Told.Contains(Descriptors.DK7007_TrylockResultMisread.Id);

    private Finding Describe(Hold hold, Location? leaves)
    {
        string where = leaves is null ? "when the loop begins anew" : $"on the path that leaves on line {LineOf(leaves)}";
        return new(Rule, hold.At ?? Location.None, [LockNames.Of(hold.Object), hold.By, where], leaves, NoProperties);
    }
}
