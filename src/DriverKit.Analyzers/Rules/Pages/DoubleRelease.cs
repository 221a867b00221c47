using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3007: what is released is not released again. References are counted by DK8005.</summary>
internal sealed class DoubleRelease() : FlowCheck(Descriptors.DK3007_DoubleRelease)
{
    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        if (release.Prior is not { Status: ObjectStatus.Released } prior || Tracked.IsReference(release.Released.Allocator) || Tracked.IsReference(prior.Allocator))
            return;

        // Who has not seen a page mapped cannot say how often it is.
        string allocator = Tracked.FirstOf(prior.Allocator);
        if (allocator == "Kmap" ? prior.By.Length == 0 : !Releases.IsMemory(allocator))
            return;
        call.Caller.Report(new(
            Rule, call.Location, ImmutableArray.Create<object>(release.Released.ReleasedBy, prior.ReleasedBy, LineOf(prior.ReleasedAt)), prior.ReleasedAt, NoProperties));
    }
}
