using DriverKit.Conformance.Judging;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Tests;

/// <summary>What tests assert: both worlds agree.</summary>
internal static class Agreement
{
    /// <summary>The program does the same in both worlds.</summary>
    public static void Agree(params Step[] program)
    {
        using var judge = new Judge();
        if (judge.Compare(program) is { } divergence)
            Assert.Fail(divergence.ToString());
    }

    /// <summary>So do the programs of all seeds; the first that does not is shrunk before it is shown.</summary>
    public static void Agree(IEnumerable<ulong> seeds, int steps, Func<ulong, int, Step[]> generate)
    {
        var found = new SortedDictionary<ulong, Divergence>();
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(seeds, options, () => new Judge(), (seed, loop, judge) =>
        {
            if (judge.Compare(generate(seed, steps)) is { } divergence)
            {
                lock (found)
                    found.Add(seed, divergence);
                loop.Break();
            }

            return judge;
        }, judge => judge.Dispose());
        if (found.Count == 0)
            return;
        using var last = new Judge();
        (ulong failed, Divergence first) = found.First();
        Assert.Fail($"Seed {failed}: {new Shrinker(last.Compare).Shrink(first)}");
    }
}
