namespace DriverKit.Tests.Exploration;

/// <summary>A token is the whole schedule: it fails again, in the same way and by the same steps.</summary>
public sealed class ReplayTests
{
    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void A_token_fails_again_in_the_same_way(ScheduleSearch search)
    {
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.LostWakeUp, new() { Search = search });
        var hashes = new HashSet<ulong>();
        for (int i = 0; i < 3; i++)
        {
            Kernel? seen = null;
            DeadlockException deadlock = Assert.Throws<DeadlockException>(() => ScheduleExplorer.Replay(report.Token!, kernel =>
            {
                seen = kernel;
                Scenarios.LostWakeUp(kernel);
            }));
            Assert.Equal(report.Failure, deadlock.Report);
            hashes.Add(seen!.TraceHash);
        }

        Assert.Single(hashes);
    }

    [Fact]
    public void A_token_carries_the_store_buffers_of_its_machine()
    {
        Race race = Race.All.Single(race => race.Options.Machine.StoreBuffers);
        ScheduleReport report = ScheduleExplorer.Explore(race.Wrong, race.Options);
        Assert.ThrowsAny<Exception>(() => ScheduleExplorer.Replay(report.Token!, race.Wrong));
        Assert.ThrowsAny<Exception>(() => ScheduleExplorer.Replay(report.Token!, race.Wrong, race.Options));
    }

    [Fact]
    public void What_a_scenario_throws_comes_out_of_a_replay_as_it_is()
    {
        ScheduleReport report = ScheduleExplorer.Explore(Programs);
        Assert.Equal(ScheduleFailureKind.Exception, report.Kind);
        Assert.IsType<Xunit.Sdk.EqualException>(report.Exception);
        Assert.Throws<Xunit.Sdk.EqualException>(() => ScheduleExplorer.Replay(report.Token!, Programs));

        static void Programs(Kernel kernel)
        {
            int last = 0;
            for (int i = 1; i <= 2; i++)
            {
                int me = i;
                kernel.Spawn($"p{i}", process =>
                {
                    last = me;
                    process.Brk(default);
                    Assert.Equal(me, last);
                });
            }
        }
    }

    [Fact]
    public void A_replay_of_what_has_been_mended_returns()
    {
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.LostWakeUp);
        ScheduleExplorer.Replay(report.Token!, Scenarios.SafeSleep);
    }

    [Fact]
    public void A_token_is_short_and_reads_back_as_itself()
    {
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.AbBa, new()
        {
            Machine = new() { MemorySize = 64.MiB(), Cpus = 3, Seed = ulong.MaxValue, Architecture = Architecture.X8664 },
            Kernel = new() { Hz = 1000, Era = KernelEra.Linux2611, RandomizeVaSpace = true },
            Interrupts = [3, 7],
            InjectFaults = true,
            ExploreTime = true,
        });
        Assert.Equal(report.Token, RecordedSchedule.Parse($" {report.Token}\n").ToString());
        Assert.InRange(report.Token!.Length, 10, 70);
        Assert.Throws<DeadlockException>(() => ScheduleExplorer.Replay(report.Token, Scenarios.AbBa));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dk1-")]
    [InlineData("dk2-AAAA")]
    [InlineData("dk1-not base64!")]
    [InlineData("dk1-AAAA")]
    [InlineData("hello")]
    public void What_is_no_token_is_refused(string text) => Assert.Throws<FormatException>(() => ScheduleExplorer.Replay(text, Scenarios.AbBa));

    [Fact]
    public void A_damaged_token_is_refused()
    {
        string token = ScheduleExplorer.Explore(Scenarios.AbBa).Token!;
        Assert.Contains("Copy the whole token", Assert.Throws<FormatException>(() => RecordedSchedule.Parse(token[..^1])).Message);
        for (int i = 4; i < token.Length; i++)
        {
            string damaged = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Throws<FormatException>(() => RecordedSchedule.Parse(damaged));
        }
    }

    [Fact]
    public void A_token_of_another_machine_is_refused()
    {
        string token = ScheduleExplorer.Explore(Scenarios.AbBa).Token!;
        ExploreOptions other = new() { Machine = new() { MemorySize = 16.MiB(), Cpus = 1 } };
        Assert.Contains("2 CPUs", Assert.Throws<ArgumentException>(() => ScheduleExplorer.Replay(token, Scenarios.AbBa, other)).Message);
    }

    [Fact]
    public void A_schedule_runs_on_any_machine_that_is_told_to_use_it()
    {
        RecordedSchedule schedule = ScheduleExplorer.Explore(Scenarios.LostWakeUp).Schedule!;
        var strategy = new ReplayStrategy(schedule);
        using var kernel = Kernel.Boot(new() { MemorySize = 16.MiB(), Cpus = 2 }, new() { Strategy = strategy });
        Scenarios.LostWakeUp(kernel);
        Assert.True(Assert.Throws<DeadlockException>(kernel.Run).IsLostWakeUp);
        Assert.Equal(0, strategy.Missed);
    }
}
