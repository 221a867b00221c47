namespace DriverKit.Tests.Exploration;

/// <summary>What a report says of each way to fail, and what it refuses to do.</summary>
public sealed class ReportTests
{
    private static readonly ExploreOptions Few = new() { Schedules = 100 };

    [Fact]
    public void A_report_shows_the_shortest_schedule_as_a_table_and_how_to_replay_it()
    {
        ScheduleReport report = ScheduleExplorer.Explore(Scenarios.LostWakeUp, new() { Search = ScheduleSearch.Random() });
        ScheduleFailedException failure = Assert.Throws<ScheduleFailedException>(report.ThrowIfFailed);
        Assert.Same(report, failure.Report);
        Assert.Contains("Lost wake-up in schedule ", failure.Message);
        Assert.Contains("reader[2] is sleeping (uninterruptible) in sleep_on(), waiting for wait queue dev->inq", failure.Message);
        Assert.Contains($"ScheduleExplorer.Replay(\"{report.Token}\", scenario)", failure.Message);
        Assert.Equal(
            """
             step CPU reader[2]                                writer[3]
            --------------------------------------------------------------------------------------------
                1   0 - starts
            >   2   1                                          - starts
                3   1                                          wake_up(dev->inq)
                4   1                                          - ends
            >   5   0 sleep_on(dev->inq)
            !   6   0 - sleeps: dev->inq

            """.ReplaceLineEndings("\n"),
            report.Table);
    }

    [Fact]
    public void A_scenario_that_lives_on_from_run_to_run_is_told_so()
    {
        int runs = 0;
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel => kernel.SpawnKernelThread("worker", () =>
            {
                if (runs++ % 2 == 0)
                    SmpProcessorId();
            }),
            Few);
        Assert.Equal(ScheduleFailureKind.Nondeterminism, report.Kind);
        Assert.Contains("at step 2 one run had \"worker[2] on CPU 0: smp_processor_id()\" and the other \"worker[2] on CPU 0: ends\"", report.Failure);
        Assert.Null(report.Token);
    }

    [Fact]
    public void A_failure_that_comes_only_once_is_no_schedule()
    {
        int runs = 0;
        ScheduleReport report = ScheduleExplorer.Explore(_ => Assert.NotEqual(5, ++runs), Few);
        Assert.Equal((ScheduleFailureKind.Nondeterminism, 3), (report.Kind, report.Schedules));
        Assert.Contains("did not fail when it was run again", report.Failure);
    }

    [Fact]
    public void A_scenario_that_throws_at_once_fails_in_the_first_schedule()
    {
        ScheduleReport report = ScheduleExplorer.Explore(_ => throw new FormatException("mine"), Few);
        Assert.Equal((ScheduleFailureKind.Exception, 1, 0, 0), (report.Kind, report.Schedules, report.Preemptions, report.Schedule!.Length));
        Assert.Contains("FormatException: mine", report.Failure);
    }

    [Fact]
    public void An_oops_is_found()
    {
        ScheduleReport report = ScheduleExplorer.Explore(kernel => kernel.SpawnKernelThread("buggy", () => PreemptEnable()), Few);
        Assert.Equal(ScheduleFailureKind.Oops, report.Kind);
        Assert.Contains("preempt_enable", report.Failure);
    }

    [Fact]
    public void A_livelock_is_found()
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel => kernel.SpawnKernelThread("spinner", () =>
            {
                while (true)
                    Yield();
            }),
            Few with { MaxSteps = 5000 });
        Assert.Equal(ScheduleFailureKind.Livelock, report.Kind);
        Assert.Contains("after 5000 steps", report.Failure);
        Assert.Contains(" more", report.Table);
    }

    [Fact]
    public void A_livelock_says_who_sleeps_while_a_timer_comes_for_ever()
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel =>
            {
                var queue = new WaitQueueHead("dev->inq");
                kernel.RunKernelThread(() =>
                {
                    TimerList timer = new();
                    SetupTimer(timer, _ => ModTimer(timer, Jiffies + 10), null);
                    ModTimer(timer, Jiffies + 10);
                });
                kernel.SpawnKernelThread("reader", () => InterruptibleSleepOn(queue));
            },
            Few with { MaxSteps = 1000 });
        Assert.Equal(ScheduleFailureKind.Livelock, report.Kind);
        Assert.Matches(@"reader\[\d+\] is sleeping \(interruptible\) in interruptible_sleep_on\(\), waiting for wait queue dev->inq", report.Failure);
    }

    [Fact]
    public void A_hung_task_is_found()
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel =>
            {
                var queue = new WaitQueueHead("never");
                kernel.SpawnKernelThread("victim", () => WaitEvent(queue, () => false));
                kernel.SpawnKernelThread("ticker", () =>
                {
                    while (true)
                        ScheduleTimeoutInterruptible(1000);
                });
            },
            Few);
        Assert.Equal(ScheduleFailureKind.HungTask, report.Kind);
        Assert.Contains("task victim:2 blocked for more than 120 seconds in wait_event(), waiting for wait queue never", report.Failure);
    }

    [Fact]
    public void Lost_memory_is_found()
    {
        ScheduleReport report = ScheduleExplorer.Explore(kernel => kernel.SpawnKernelThread("leaky", () => _ = Kmalloc(100, GfpFlags.Kernel)), Few);
        Assert.Equal(ScheduleFailureKind.Leak, report.Kind);
        Assert.Contains("1 objects of", report.Failure);
        Assert.Throws<ScheduleFailedException>(() => ScheduleExplorer.Replay(report.Token!, kernel => kernel.SpawnKernelThread("leaky", () => _ = Kmalloc(100, GfpFlags.Kernel))));
        Assert.False(ScheduleExplorer.Explore(kernel => kernel.SpawnKernelThread("leaky", () => _ = Kmalloc(100, GfpFlags.Kernel)), Few with { CheckLeaks = false }).HasFailed);
    }

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void An_allocation_that_is_not_checked_is_found_when_allocations_may_fail(ScheduleSearch search)
    {
        ExploreOptions options = Few with { Search = search };
        Assert.False(ScheduleExplorer.Explore(Unchecked, options).HasFailed);
        ScheduleReport report = ScheduleExplorer.Explore(Unchecked, options with { InjectFaults = true });
        Assert.Equal((ScheduleFailureKind.Oops, 1), (report.Kind, report.Preemptions));
        Assert.Contains("- kmalloc fails", report.Table);

        static void Unchecked(Kernel kernel) => kernel.SpawnKernelThread("driver", () =>
        {
            KernelLogicalAddress first = Kmalloc(64, GfpFlags.Kernel), second = Kmalloc(64, GfpFlags.Kernel);
            if (first.IsNull)
                return;
            Memset(second, 0, 64);
            Kfree(first);
            Kfree(second);
        });
    }

    [Fact]
    public void Allocations_fail_in_a_module_that_is_loaded_too()
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel => kernel.RunKernelThread(() => Assert.False(GetZeroedPage(GfpFlags.Kernel) is { IsNull: false } page && Free(page), "no failure")),
            Few with { InjectFaults = true, Search = ScheduleSearch.Exhaustive(1), CheckLeaks = false });
        Assert.Equal((1, ScheduleFailureKind.Oops), (report.Schedules, report.Kind));

        static bool Free(KernelLogicalAddress page)
        {
            FreePage(page);
            return true;
        }
    }

    [Fact]
    public void An_early_timer_is_explored_when_it_is_asked_for()
    {
        ExploreOptions options = Few with { Search = ScheduleSearch.Exhaustive(2), Schedules = 2000 };
        Assert.False(ScheduleExplorer.Explore(Timed, options).HasFailed);
        ScheduleReport report = ScheduleExplorer.Explore(Timed, options with { ExploreTime = true });
        Assert.True(report.HasFailed, report.ToString());

        static void Timed(Kernel kernel)
        {
            bool isDone = false;
            kernel.SpawnKernelThread("watchdog", () =>
            {
                ScheduleTimeoutUninterruptible(100);
                Assert.True(isDone);
            });
            kernel.SpawnKernelThread("worker", () =>
            {
                for (int i = 0; i < 10; i++)
                    SmpProcessorId();
                isDone = true;
            });
        }
    }

    [Fact]
    public void Nonsense_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Explore(Few with { Schedules = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Explore(Few with { MaxSteps = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Explore(Few with { MaxInterrupts = 0 }));
        Assert.Throws<ArgumentException>(() => Explore(Few with { Interrupts = [-1] }));
        Assert.Throws<ArgumentException>(() => Explore(Few with { Interrupts = [3, 3] }));
        Assert.Throws<ArgumentNullException>(() => Explore(Few with { Search = null! }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Explore(Few with { Machine = new() { Cpus = 0 } }));
        Assert.Throws<ArgumentNullException>(() => ScheduleExplorer.Explore(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => ScheduleSearch.Pct(depth: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ScheduleSearch.DelayBounded(delays: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ScheduleSearch.Exhaustive(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ScheduleTheory.Seeds(0));

        static void Explore(ExploreOptions options) => ScheduleExplorer.Explore(Scenarios.AbAb, options);
    }

    [Fact]
    public void A_scenario_may_run_and_switch_off_its_machine_itself()
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel =>
            {
                Scenarios.SafeSleep(kernel);
                kernel.Run();
                kernel.Dispose();
            },
            Few);
        Assert.False(report.HasFailed, report.ToString());
        Assert.Contains("100 schedules, PCT (seed 0, depth 3): none failed", report.ToString());
    }
}
