using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What several methods have in common: what a call does for certain, whichever of them it runs.</summary>
internal static class Meet
{
    public static Summary Of(ImmutableArray<Summary> summaries)
    {
        var first = summaries[0];
        var effects = first.Effects.Where(effect => IsForAnybody(effect) && summaries.All(other => other.Effects.Any(there => IsAlike(effect, there)))).ToImmutableArray();
        var holds = HoldsOf(summaries) is { } common ? State.Empty.WithHoldsOf(common) : State.Empty;
        return new([holds], effects, [], []);
    }

    /// <summary>True when it does not depend on the inputs, which have other names in each of the methods.</summary>
    private static bool IsForAnybody(Effect effect) => effect.Guard.IsEmpty && effect switch
    {
        SleepEffect sleep => sleep is { Flags: null, Released.Count: 0, ReleasedAny: false },
        LockEffect taken => IsOfInstance(taken.Object) && taken is { Released.Count: 0, ReleasedAny: false },
        _ => false,
    };

    private static bool IsAlike(Effect left, Effect right) => IsForAnybody(right) && (left, right) switch
    {
        (SleepEffect, SleepEffect) => true,
        (LockEffect a, LockEffect b) => a.Resource == b.Resource && a.Object.Equals(b.Object),
        _ => false,
    };

    /// <summary>The holds that all ends of all the methods leave; null when they differ.</summary>
    private static State? HoldsOf(ImmutableArray<Summary> summaries)
    {
        State? common = null;
        foreach (var end in summaries.SelectMany(static summary => summary.Cases))
        {
            common ??= end;
            if (end.ReleasedAny || !IsSame(Shape(common), Shape(end)) || !Names(end).All(static name => name is null || IsOfInstance(name)))
                return null;
        }

        return common;
    }

    private static IEnumerable<Sym?> Names(State state) => state.Holds.Select(static hold => hold.Object).Concat(state.Released.Select(static release => release.Object));

    private static IEnumerable<(bool IsHeld, string Resource, Sym? Object)> Shape(State state) =>
        state.Holds.Select(static hold => (true, hold.Resource, hold.Object)).Concat(state.Released.Select(static release => (false, release.Resource, release.Object)));

    private static bool IsSame(IEnumerable<(bool IsHeld, string Resource, Sym? Object)> left, IEnumerable<(bool IsHeld, string Resource, Sym? Object)> right) => left.SequenceEqual(right);

    /// <summary>True for what an instance or a static field leads to.</summary>
    private static bool IsOfInstance(Sym name) => name switch
    {
        Sym.This => true,
        Sym.Member member => member.Receiver is null || IsOfInstance(member.Receiver),
        _ => false,
    };
}
