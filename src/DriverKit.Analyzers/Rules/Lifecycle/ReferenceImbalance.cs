using System.Collections.Generic;
using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Rules.Locking;
using DriverKit.Analyzers.Rules.Pages;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8005: a reference that is taken is given back, or handed on, on every path where another does; and none is given back that nobody took.</summary>
internal sealed class ReferenceImbalance() : FlowCheck(Descriptors.DK8005_ReferenceImbalance)
{
    public override void OnEnd(EndSite end)
    {
        foreach (var held in end.Exits)
        {
            if (held.State.IsLoose)
                continue;
            foreach (var entry in held.State.Objects)
            {
                if (entry.Value is not { Status: ObjectStatus.Owned, At: { } at } kept || !Tracked.IsReference(kept.Allocator) || IsHandedOn(held, entry.Key))
                    continue;
                if (IsSettledElsewhere(kept, held, end.Exits))
                    end.Report(new(Rule, at, ImmutableArray.Create<object>($"The reference that {kept.By} takes is not given back on the path that ends on line {LineOf(held.At)}, and is on another", "give it back there too"), held.At, NoProperties));
            }
        }
    }

    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        if (Tracked.FirstOf(release.Released.Allocator) != Tracked.PageReference)
            return;
        var gone = release.Prior is { Allocator: "Pages", Status: ObjectStatus.Released } page ? page : BorrowedAndGone(release, call.Caller.State);
        if (gone is not null)
        {
            call.Caller.Report(new(
                Rule,
                call.Location,
                ImmutableArray.Create<object>($"{release.Released.ReleasedBy} gives back a reference that nobody holds here any more: {gone.ReleasedBy} on line {LineOf(gone.ReleasedAt)} gave it back", "give it back once"),
                gone.ReleasedAt,
                NoProperties));
        }
    }

    /// <summary>A page that was looked up here: of its references only those taken here are this method's.</summary>
    private static Tracked? BorrowedAndGone(ObjectRelease release, State state) =>
        release.Prior is null && release.Value.Id is Sym.Query or Sym.Made
        && state.Objects.TryGetValue(new Sym.Registration(Tracked.PageReference, release.Value.Id), out var taken) && taken is { Status: ObjectStatus.Released, By.Length: > 0 } ? taken : null;

    private static bool IsHandedOn(ExitSite exit, Sym reference) => Releases.IsLeftBehind(exit, KeyOf(reference));

    private static Sym KeyOf(Sym reference)
    {
        while (reference is Sym.Registration registration)
            reference = registration.Key;
        return reference;
    }

    /// <summary>On another path, that does not end better, the reference is given back; or that path has handed it on.</summary>
    private static bool IsSettledElsewhere(Tracked kept, ExitSite held, IReadOnlyList<ExitSite> exits)
    {
        foreach (var other in exits)
        {
            if (other.State.IsLoose)
                continue;
            foreach (var entry in other.State.Objects)
            {
                if (entry.Value.Site != kept.Site || entry.Value.Allocator != kept.Allocator)
                    continue;
                bool isGivenBack = entry.Value.Status == ObjectStatus.Released;
                if (kept.Allocator == Tracked.Kref ? isGivenBack && PathBalance.Fails(held) : isGivenBack ? !(PathBalance.Succeeds(held) && PathBalance.Fails(other)) : IsHandedOn(other, entry.Key) && !PathBalance.Succeeds(held))
                    return true;
            }
        }

        return false;
    }
}
