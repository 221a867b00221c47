using System.Diagnostics;
using System.Globalization;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Tests;

/// <summary>Random programs do the same on the host's kernel and on the model.</summary>
/// <remarks>The environment variable DRIVERKIT_CONFORMANCE makes a long run: <c>30m</c> for so many minutes, <c>100000</c> for so many programs.
/// DRIVERKIT_CONFORMANCE_SEED is the first seed of a long run, by default the first that the normal run does not have.</remarks>
public sealed class RandomProgramTests
{
    private const int Programs = 500;
    private const int Parts = 4;
    private const int Steps = 40;

    [HostTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_programs_do_the_same_in_both_worlds(int part) => Run(Enumerable.Range(part * Programs, Programs).Select(seed => (ulong)seed));

    [LongRunFact]
    public void Random_programs_do_the_same_in_both_worlds_for_as_long_as_asked()
    {
        string first = Environment.GetEnvironmentVariable("DRIVERKIT_CONFORMANCE_SEED") ?? $"{Parts * Programs}";
        Run(Seeds(ulong.Parse(first, CultureInfo.InvariantCulture), LongRunFactAttribute.Length!));
    }

    private static void Run(IEnumerable<ulong> seeds) => Agreement.Agree(seeds, seed => Generator.Program(seed, Steps));

    private static IEnumerable<ulong> Seeds(ulong first, string length)
    {
        bool isTime = length.EndsWith('m');
        double limit = double.Parse(length.TrimEnd('m'), CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        for (ulong count = 0; isTime ? clock.Elapsed.TotalMinutes < limit : count < limit; count++)
            yield return first + count;
    }
}
