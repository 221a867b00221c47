namespace DriverKit.Tests.Exploration;

/// <summary>Every strategy finds each planted race, and finds nothing in what is right.</summary>
public sealed class PlantedRaceTests
{
    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void A_lost_wake_up_is_found(ScheduleSearch search) => Finds(search, Scenarios.LostWakeUp, ScheduleFailureKind.LostWakeUp);

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void A_check_and_then_an_act_are_found(ScheduleSearch search) => Finds(search, Scenarios.CheckThenAct, ScheduleFailureKind.Oops);

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void Two_locks_in_either_order_are_found(ScheduleSearch search) => Finds(search, Scenarios.AbBa, ScheduleFailureKind.LostWakeUp);

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void Two_mutexes_in_either_order_are_a_deadlock(ScheduleSearch search) => Finds(search, Scenarios.AbBaMutexes, ScheduleFailureKind.Deadlock);

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void A_counter_without_a_lock_is_found(ScheduleSearch search) => Finds(search, Scenarios.Counter(locked: false), ScheduleFailureKind.Oops);

    [Fact]
    public void Reduction_without_a_bound_finds_them_too()
    {
        foreach (int cpus in new[] { 1, 2 })
        {
            ExploreOptions options = new() { Search = ScheduleSearch.Exhaustive(int.MaxValue), Schedules = 10_000, Machine = Machine(cpus) };
            foreach (Action<Kernel> wrong in new[] { Scenarios.LostWakeUp, Scenarios.CheckThenAct, Scenarios.AbBa, Scenarios.AbBaMutexes, Scenarios.Counter(locked: false) })
                Assert.True(ScheduleExplorer.Explore(wrong, options).HasFailed);
            foreach (Action<Kernel> right in new[] { Scenarios.SafeSleep, Scenarios.TestAndSet, Scenarios.AbAbMutexes, Scenarios.Counter(locked: true) })
            {
                ScheduleReport report = ScheduleExplorer.Explore(right, options);
                Assert.False(report.HasFailed, report.ToString());
            }
        }
    }

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void A_handler_that_takes_a_lock_its_process_side_takes_with_interrupts_on_is_found(ScheduleSearch search)
    {
        ExploreOptions options = new() { Search = search, Interrupts = [7], MaxInterrupts = 1 };
        Assert.False(ScheduleExplorer.Explore(Scenarios.HandlerLock(interruptsOff: false), options with { Interrupts = [] }).HasFailed);
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.HandlerLock(interruptsOff: false), options);
        Assert.True(report.Kind == ScheduleFailureKind.Panic, report.ToString());
        Assert.Equal(1, report.Preemptions);
        Assert.Contains("interrupt 7", report.Table);
        ScheduleReport twin = ScheduleExplorer.Explore(Scenarios.HandlerLock(interruptsOff: true), options);
        Assert.False(twin.HasFailed, twin.ToString());
    }

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void An_interrupt_that_comes_while_all_processors_are_idle_is_taken(ScheduleSearch search)
    {
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.WakingHandler, new() { Search = search, Schedules = 100, Machine = Machine(cpus: 2) });
        Assert.False(report.HasFailed, report.ToString());
    }

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void What_is_right_does_not_fail(ScheduleSearch search)
    {
        foreach (Action<Kernel> scenario in new Action<Kernel>[] { Scenarios.SafeSleep, Scenarios.TestAndSet, Scenarios.AbAbMutexes, Scenarios.Counter(locked: true) })
        {
            foreach (int cpus in new[] { 1, 2 })
            {
                ScheduleReport report = ScheduleExplorer.Explore(scenario, new() { Search = search, Schedules = 2000, Machine = Machine(cpus) });
                Assert.False(report.HasFailed, report.ToString());
                Assert.True(report.Schedules == 2000 || report.IsComplete);
            }
        }
    }

    [Fact]
    public void Everybody_in_turn_misses_them()
    {
        foreach (Action<Kernel> scenario in new Action<Kernel>[] { Scenarios.LostWakeUp, Scenarios.CheckThenAct, Scenarios.AbBa })
        {
            ScheduleReport report = ScheduleExplorer.Explore(scenario, new() { Search = ScheduleSearch.RoundRobin() });
            Assert.False(report.HasFailed, report.ToString());
            Assert.Equal((1, true), (report.Schedules, report.IsComplete));
        }
    }

    private static void Finds(ScheduleSearch search, Action<Kernel> scenario, ScheduleFailureKind kind)
    {
        foreach (int cpus in new[] { 1, 2 })
        {
            ScheduleReport report = ScheduleExplorer.Explore(scenario, new() { Search = search, Machine = Machine(cpus) });
            Assert.True(report.Kind == kind, report.ToString());
            Assert.Equal(1, report.Preemptions);
            Assert.InRange(report.Schedules, 1, 1000);
        }
    }

    private static MachineOptions Machine(int cpus) => new() { MemorySize = 16.MiB(), Cpus = cpus };
}
