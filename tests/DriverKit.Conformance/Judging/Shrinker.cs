using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>Makes a program that diverges as small as it can be while it still diverges in the same way.</summary>
internal sealed class Shrinker(Func<IReadOnlyList<Step>, Divergence?> compare)
{
    private const int MaxRuns = 5000;

    private int _runs;

    /// <summary>First steps go (delta debugging), then arguments get simpler, until nothing more can go.</summary>
    public Divergence Shrink(Divergence found)
    {
        Divergence best = found;
        for (bool smaller = true; smaller && _runs < MaxRuns;)
            smaller = DropSteps(ref best) | DropForks(ref best) | SimplifySteps(ref best) | MoveDown(ref best);
        return best;
    }

    /// <summary>Leaves out runs of steps: halves first, then ever smaller ones.</summary>
    private bool DropSteps(ref Divergence best)
    {
        bool dropped = false;
        for (int size = Math.Max(1, best.Program.Count / 2); size > 0; size /= 2)
        {
            for (int at = best.Program.Count - size; at >= 0; at -= size)
            {
                if (at + size <= best.Program.Count && TryReplace(ref best, at, size))
                    dropped = true;
            }
        }

        return dropped;
    }

    /// <summary>Lets the parent do what the child did.</summary>
    private bool DropForks(ref Divergence best)
    {
        for (int at = 0; at < best.Program.Count; at++)
        {
            if (best.Program[at] is Fork fork && TryReplace(ref best, at, 1, fork.Child))
                return true;
        }

        return false;
    }

    private bool SimplifySteps(ref Divergence best)
    {
        bool simplified = false;
        for (int at = 0; at < best.Program.Count; at++)
        {
            while (SimplifyStep(ref best, at))
                simplified = true;
        }

        return simplified;
    }

    private bool SimplifyStep(ref Divergence best, int at)
    {
        foreach (Step simpler in Simplifier.Simpler(best.Program[at]))
        {
            if (TryReplace(ref best, at, 1, simpler))
                return true;
        }

        return false;
    }

    /// <summary>Moves the whole program to the start of the window, which no step can do alone.</summary>
    private bool MoveDown(ref Divergence best)
    {
        long lowest = long.MaxValue;
        Place Look(Place place)
        {
            if (place.Anchor == Anchor.Window)
                lowest = Math.Min(lowest, place.Offset & -Place.PageSize);
            return place;
        }

        foreach (Step step in best.Program)
            step.Moved(Look);
        if (lowest is <= 0 or long.MaxValue)
            return false;
        return TryReplace(ref best, 0, best.Program.Count, [.. best.Program.Select(step => step.Moved(place => place.Anchor == Anchor.Window ? place - lowest : place))]);
    }

    private bool TryReplace(ref Divergence best, int at, int count, params Step[] steps)
    {
        Step[] program = [.. best.Program.Take(at), .. steps, .. best.Program.Skip(at + count)];
        if (program.Length == 0 || ++_runs > MaxRuns || compare(program) is not { } found || found.Kind != best.Kind)
            return false;
        best = found;
        return true;
    }
}
