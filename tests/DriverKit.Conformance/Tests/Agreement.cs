using DriverKit.Conformance.Judging;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Tests;

/// <summary>What tests assert: both worlds agree.</summary>
internal static class Agreement
{
    /// <summary>Kinds of divergences after which a run of many programs stops.</summary>
    private const int MaxKinds = 6;

    /// <summary>The program does the same in both worlds.</summary>
    public static void Agree(params Step[] program)
    {
        using var judge = new Judge();
        if (judge.Compare(program) is { } divergence)
            Assert.Fail(divergence.ToString());
    }

    /// <summary>So do the programs of all seeds. Of each kind of divergence the lowest seed's is shrunk and shown.</summary>
    public static void Agree(IEnumerable<ulong> seeds, Func<ulong, Step[]> generate)
    {
        var found = new Dictionary<object, (ulong Seed, Divergence Divergence)>();
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(seeds, options, () => new Judge(), (seed, loop, judge) =>
        {
            if (judge.Compare(generate(seed)) is { } divergence)
            {
                lock (found)
                {
                    if (!found.TryGetValue(divergence.Kind, out (ulong Seed, Divergence) other) || other.Seed > seed)
                        found[divergence.Kind] = (seed, divergence);
                    if (found.Count == MaxKinds)
                        loop.Break();
                }
            }

            return judge;
        }, judge => judge.Dispose());
        if (found.Count == 0)
            return;
        using var shrinking = new Judge();
        Assert.Fail(string.Join('\n', found.Values.OrderBy(one => one.Seed).Select(one => $"Seed {one.Seed}. {new Shrinker(shrinking.Compare).Shrink(one.Divergence)}")));
    }
}
