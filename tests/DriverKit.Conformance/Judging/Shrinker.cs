using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>Makes a program that diverges as small as it can be while it still diverges in the same way.</summary>
internal sealed class Shrinker(Func<IReadOnlyList<Step>, Divergence?> compare)
{
    private const int MaxRuns = 4000;

    private int _runs;

    /// <summary>First steps go (delta debugging), then arguments get simpler, until nothing more can go.</summary>
    public Divergence Shrink(Divergence found)
    {
        Divergence best = found;
        for (bool smaller = true; smaller && _runs < MaxRuns;)
            smaller = DropSteps(ref best) | Flatten(ref best) | Simplify(ref best);
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
                if (at + size <= best.Program.Count && TryReplace(ref best, [.. best.Program.Take(at), .. best.Program.Skip(at + size)]))
                    dropped = true;
            }
        }

        return dropped;
    }

    /// <summary>Leaves out a fork and lets the parent do what the child did; leaves out steps of children.</summary>
    private bool Flatten(ref Divergence best)
    {
        bool changed = false;
        for (int at = 0; at < best.Program.Count; at++)
        {
            if (best.Program[at] is not Fork fork)
                continue;
            IReadOnlyList<Step> program = best.Program;
            if (TryReplace(ref best, [.. program.Take(at), .. fork.Child, .. program.Skip(at + 1)]))
                return true;
            for (int i = fork.Child.Length - 1; i >= 0; i--)
            {
                var smaller = new Fork([.. fork.Child.Where((_, index) => index != i)]);
                if (!TryReplace(ref best, at, smaller))
                    continue;
                fork = smaller;
                changed = true;
            }

            for (int i = 0; i < fork.Child.Length; i++)
            {
                foreach (Step simpler in Simplifier.Simpler(fork.Child[i]))
                {
                    Step[] child = [.. fork.Child];
                    child[i] = simpler;
                    if (!TryReplace(ref best, at, new Fork(child)))
                        continue;
                    fork = new Fork(child);
                    changed = true;
                    break;
                }
            }
        }

        return changed;
    }

    private bool Simplify(ref Divergence best)
    {
        bool simplified = false;
        for (int at = 0; at < best.Program.Count; at++)
        {
            while (TrySimpler(ref best, at))
                simplified = true;
        }

        return simplified;
    }

    private bool TrySimpler(ref Divergence best, int at)
    {
        foreach (Step simpler in Simplifier.Simpler(best.Program[at]))
        {
            if (TryReplace(ref best, at, simpler))
                return true;
        }

        return false;
    }

    private bool TryReplace(ref Divergence best, int at, Step step)
    {
        Step[] program = [.. best.Program];
        program[at] = step;
        return TryReplace(ref best, program);
    }

    private bool TryReplace(ref Divergence best, Step[] program)
    {
        if (program.Length == 0 || ++_runs > MaxRuns || compare(program) is not { } found || found.Kind != best.Kind)
            return false;
        best = found;
        return true;
    }
}
