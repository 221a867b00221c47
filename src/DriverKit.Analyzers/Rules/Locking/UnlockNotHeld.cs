using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7002: a lock that is given back and not held is somebody else's.</summary>
internal sealed class UnlockNotHeld() : FlowCheck(Descriptors.DK7002_UnlockNotHeld)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        var state = call.Caller.State;
        if (hold is not null || !IsMine(release) || state.IsLoose || state.ReleasedAny || release.Object is not { IsFromEntry: true } name)
            return;
        if (state.Holds.FirstOrDefault(other => name.Equals(other.Object) && Resources.IsLock(other.Resource)) is { } otherwise)
            call.Caller.Report(Describe(call.Location, name, $"{otherwise.By} on line {LineOf(otherwise.At)} has taken it for {(Resources.IsShared(otherwise.Resource) ? "reading" : "writing")}", otherwise.At));
        else if (state.Released.FirstOrDefault(other => !Resources.IsShared(other.Resource) && other.Resource == release.Resource && name.Equals(other.Object)) is { } earlier)
            call.Caller.Report(Describe(call.Location, name, $"it has been given back on line {LineOf(call.Caller.Body.LocationOf(earlier.Site))}", call.Caller.Body.LocationOf(earlier.Site)));
    }

    public override void OnEnd(EndSite end)
    {
        foreach (var unlock in PathBalance.GivenBackTooOften(end, IsMine))
        {
            end.Report(Describe(unlock.At, unlock.Release.Object, "on one of the paths that come here it is not held", null));
        }
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!PathBalance.MustBalance(entry.Store))
            return;
        foreach (var release in entry.Summary.Cases.SelectMany(static end => end.Released).Where(release => IsMine(release) && !release.Told.Contains(Rule.Id)))
        {
            string why = $"the kernel calls this method ({entry.Store.Name}) and holds nothing";
            if (!TrylockResultMisread.Explains(release, entry.Summary))
                entry.Report(Describe(entry.Body.LocationOf(release.Site), release.Object, why, entry.Store.At));
        }
    }

    /// <summary>Whoever has something to give says up(): a semaphore has no owner.</summary>
    private static bool IsMine(Release release) => Resources.IsLock(release.Resource) && release.Resource != Resources.Semaphore;

    private Finding Describe(Location at, Sym? name, string why, Location? cause) => new(Rule, at, [LockNames.Of(name), why], cause, NoProperties);
}
