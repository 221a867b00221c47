using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Tests;

/// <summary>Random programs do the same on the host's kernel and on the model.</summary>
public sealed class RandomProgramTests
{
    private const int Programs = 500;
    private const int Steps = 40;

    [HostTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_programs_do_the_same_in_both_worlds(int part) =>
        Agreement.Agree(Enumerable.Range(part * Programs, Programs).Select(seed => (ulong)seed), Steps, Generator.Program);
}
