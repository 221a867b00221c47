namespace DriverKit.Tests.Exploration;

/// <summary>One seed, one run: however often, and whatever else the host does.</summary>
public sealed class DeterminismTests
{
    private const int Runs = 1000;

    [Fact]
    public void The_same_seed_gives_the_same_trace_in_a_thousand_runs_beside_one_another()
    {
        ulong[] hashes = new ulong[Runs];
        Parallel.For(0, Runs, i => hashes[i] = Run(seed: 42));
        Assert.Single(hashes.Distinct());
        Assert.NotEqual(hashes[0], Run(seed: 43));
    }

    [Fact]
    public void Exploring_twice_gives_the_same_report()
    {
        string[] reports = new string[8];
        Parallel.For(0, reports.Length, i => reports[i] = ScheduleExplorer.Explore(Scenarios.AbBa, new() { Search = ScheduleSearch.Random(7) }).ToString());
        Assert.Single(reports.Distinct());
    }

    [Fact]
    public void A_scenario_that_changes_after_its_first_schedule_is_told_so()
    {
        int runs = 0;
        ScheduleReport report = ScheduleExplorer.Explore(kernel =>
        {
            bool isLate = ++runs > 3;
            kernel.SpawnKernelThread("late", () =>
            {
                if (isLate)
                    SmpProcessorId();
            });
        });
        Assert.Equal(ScheduleFailureKind.Nondeterminism, report.Kind);
        Assert.Equal(2, report.Schedules);
    }

    private static ulong Run(ulong seed)
    {
        using var kernel = Kernel.Boot(new() { MemorySize = 16.MiB(), Cpus = 2 }, new() { Strategy = new RandomStrategy(seed) });
        var gate = new Scenarios.Gate("gate");
        for (int i = 0; i < 3; i++)
        {
            kernel.SpawnKernelThread($"task{i}", () =>
            {
                for (int round = 0; round < 5; round++)
                {
                    gate.Down();
                    ScheduleTimeoutUninterruptible(1);
                    gate.Up();
                }
            });
        }

        kernel.Run();
        return kernel.TraceHash;
    }
}
