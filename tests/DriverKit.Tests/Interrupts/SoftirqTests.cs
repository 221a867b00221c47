using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Softirqs and tasklets: after the interrupt, on the same processor, before the task goes on; or in ksoftirqd.</summary>
public sealed class SoftirqTests : KernelTest
{
    [Fact]
    public void A_tasklet_runs_after_the_interrupt_that_schedules_it_and_before_the_task()
    {
        Kernel kernel = Boot();
        var log = new List<string>();
        var tasklet = new TaskletStruct(data => log.Add($"{data} {InIrq()} {InSoftirq()} {InInterrupt()} {PreemptCount():x}"), "tasklet");
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) =>
            {
                TaskletSchedule(tasklet);
                TaskletSchedule(tasklet);
                log.Add("handler");
                return IrqHandled;
            }, Irqf.Disabled, "short", null));
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
            log.Add("task");
            FreeIrq(7, null);
        });
        Assert.Equal(["handler", "tasklet False True True 100", "task"], log);
    }

    [Fact]
    public void Outside_of_interrupts_the_processors_own_ksoftirqd_runs_it()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 });
        string? comm = null;
        var tasklet = new TaskletStruct(_ => comm = Current.Comm);
        int cpu = -1;
        kernel.SpawnKernelThread("driver", () =>
        {
            cpu = SmpProcessorId();
            TaskletSchedule(tasklet);
        });
        kernel.Run();
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal($"ksoftirqd/{cpu}", comm);
    }

    [Fact]
    public void With_bottom_halves_off_it_waits_until_they_are_on()
    {
        Kernel kernel = Boot();
        int runs = 0;
        var tasklet = new TaskletStruct(_ => runs++);
        kernel.RunKernelThread(() =>
        {
            LocalBhDisable();
            LocalBhDisable();
            Assert.True(InSoftirq());
            Assert.True(InAtomic());
            TaskletSchedule(tasklet);
            LocalBhEnable();
            Assert.Equal(0, runs);
            LocalBhEnable();
            Assert.Equal(1, runs);
            Assert.False(InInterrupt());
        });
        Expect.OopsIn(kernel, "local_bh_enable() without local_bh_disable()", LocalBhEnable, "DK1006");
    }

    [Fact]
    public void High_tasklets_go_first_and_of_the_others_the_last_one()
    {
        Kernel kernel = Boot();
        var log = new List<string>();
        TaskletStruct Log(string name) => new(_ => log.Add(name));
        kernel.RunKernelThread(() =>
        {
            LocalBhDisable();
            TaskletSchedule(Log("first"));
            TaskletSchedule(Log("second"));
            TaskletHiSchedule(Log("high"));
            LocalBhEnable();
        });
        Assert.Equal(["high", "second", "first"], log);
    }

    [Fact]
    public void A_softirq_that_raises_itself_runs_ten_times_and_then_lets_the_task_go_on()
    {
        Kernel kernel = Boot();
        int runs = 0, runsBefore = 0;
        kernel.RunKernelThread(() =>
        {
            OpenSoftirq(Softirq.NetRx, data =>
            {
                Assert.Equal("data", data);
                if (++runs < 25)
                    RaiseSoftirqIrqoff(Softirq.NetRx);
            }, "data");
            LocalBhDisable();
            RaiseSoftirq(Softirq.NetRx);
            LocalBhEnable();
            runsBefore = runs;
        });
        Assert.Equal(10, runsBefore);
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(25, runs);
    }

    [Fact]
    public void A_disabled_tasklet_waits_until_it_is_enabled()
    {
        Kernel kernel = Boot();
        int runs = 0;
        var tasklet = new TaskletStruct(_ => runs++);
        kernel.SpawnKernelThread("driver", () =>
        {
            TaskletDisable(tasklet);
            TaskletDisableNosync(tasklet);
            TaskletSchedule(tasklet);
            ScheduleTimeoutUninterruptible(1);
            TaskletEnable(tasklet);
            ScheduleTimeoutUninterruptible(1);
            Assert.Equal(0, runs);
            TaskletHiEnable(tasklet);
            ScheduleTimeoutUninterruptible(1);
            Assert.Equal(1, runs);
            TaskletEnable(tasklet);
        });
        Expect.Oops("kernel BUG in tasklet_enable", kernel.Run);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void It_never_runs_on_two_processors_and_kill_waits_for_it(int cpus)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            bool isRunning = false, isDead = false;
            int runs = 0, users = 2;
            var tasklet = new TaskletStruct();
            kernel.SpawnKernelThread("owner", () =>
            {
                TaskletInit(tasklet, _ =>
                {
                    Assert.False(isRunning);
                    Assert.False(isDead);
                    isRunning = true;
                    Printk("one");
                    Printk("two");
                    isRunning = false;
                    runs++;
                }, null);
                for (int user = 0; user < 2; user++)
                {
                    kernel.SpawnKernelThread("user", () =>
                    {
                        for (int i = 0; i < 5; i++)
                        {
                            TaskletSchedule(tasklet);
                            TaskletDisable(tasklet);
                            Assert.False(isRunning);
                            TaskletEnable(tasklet);
                        }

                        users--;
                    });
                }

                while (users != 0)
                    Yield();
                TaskletKill(tasklet);
                isDead = true;
                Assert.False(isRunning);
            });
            kernel.Run();
            kernel.RunFor(TimeSpan.FromMilliseconds(10));
            Assert.InRange(runs, 1, 10);
        }
    }

    [Fact]
    public void Killing_a_tasklet_where_that_cannot_wait_is_a_bug()
    {
        foreach ((bool self, string cause) in new[] { (true, "tasklet_kill() waits for tasklet"), (false, "scheduling while atomic") })
        {
            Kernel kernel = Boot();
            var other = new TaskletStruct(_ => { });
            TaskletStruct tasklet = null!;
            tasklet = new TaskletStruct(_ =>
            {
                TaskletSchedule(other);
                TaskletKill(self ? tasklet : other);
            });
            kernel.SpawnKernelThread("driver", () =>
            {
                LocalBhDisable();
                TaskletSchedule(tasklet);
                LocalBhEnable();
            });
            Expect.Oops(cause, kernel.Run, cause.Contains("scheduling", StringComparison.Ordinal) ? "DK1005" : null);
            Assert.Contains("Attempt to kill tasklet from interrupt", kernel.Log.ToString());
            kernel.Dispose();
        }
    }

    [Fact]
    public void Killing_a_tasklet_that_stays_disabled_is_a_deadlock()
    {
        Kernel kernel = Boot();
        var tasklet = new TaskletStruct(_ => { });
        kernel.SpawnKernelThread("driver", () =>
        {
            TaskletDisable(tasklet);
            TaskletSchedule(tasklet);
            TaskletKill(tasklet);
        });
        Assert.Contains("driver[2] is sleeping (uninterruptible) in tasklet_kill()", Assert.Throws<DeadlockException>(kernel.Run).Report);
    }

    [Fact]
    public void A_bug_in_a_softirq_is_a_panic_wherever_it_runs()
    {
        foreach (bool inKsoftirqd in new[] { false, true })
        {
            Kernel kernel = Boot();
            var tasklet = new TaskletStruct(_ => Msleep(1));
            kernel.SpawnKernelThread("driver", () =>
            {
                if (!inKsoftirqd)
                    LocalBhDisable();
                TaskletSchedule(tasklet);
                if (!inKsoftirqd)
                    LocalBhEnable();
                ScheduleTimeoutUninterruptible(1);
            });
            Expect.Oops("sleeping function called from invalid context: msleep()", kernel.Run, "DK1005");
            Assert.Contains("Kernel panic - not syncing: Fatal exception in interrupt", kernel.Log.ToString());
            kernel.Dispose();
        }
    }

    [Fact]
    public void A_softirq_nobody_has_opened_and_a_tasklet_without_function_are_null_pointers()
    {
        foreach (Action raise in new Action[] { () => RaiseSoftirq(Softirq.NetTx), () => TaskletSchedule(new TaskletStruct()) })
        {
            Kernel kernel = Boot();
            kernel.SpawnKernelThread("driver", () =>
            {
                LocalBhDisable();
                raise();
                LocalBhEnable();
            });
            Expect.Oops("Unable to handle kernel NULL pointer dereference", kernel.Run);
            kernel.Dispose();
        }

        Expect.OopsIn(Boot(), "there is no softirq 31", () => RaiseSoftirq((Softirq)31));
    }

    [Fact]
    public void A_softirq_that_leaves_preemption_off_is_told_so_and_put_right()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            LocalBhDisable();
            TaskletSchedule(new TaskletStruct(_ => PreemptDisable()));
            LocalBhEnable();
            Assert.Equal(0, PreemptCount());
            DoSoftirq();
        });
        Assert.Contains("huh, entered softirq 5 Tasklet with preempt_count 00000101, exited with 00000102?", kernel.Log.ToString());
    }
}
