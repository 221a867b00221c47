using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Timers are called at their time, on their processor, in order.</summary>
public sealed class TimerTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Timers_are_called_in_the_order_of_their_time_on_the_processor_that_added_them(int cpus)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            var log = new List<string>();
            kernel.SpawnKernelThread("driver", () =>
            {
                int cpu = SmpProcessorId();
                ulong start = Jiffies;
                foreach (int delay in new[] { 5, 1, 3, 3, 1000 })
                {
                    AddTimer(new TimerList(data =>
                    {
                        Assert.Equal(cpu, SmpProcessorId());
                        Assert.True(InSoftirq());
                        log.Add($"{data} at {Jiffies - start}");
                    }, start + (ulong)delay, $"{delay}#{log.Count}"));
                }

                ScheduleTimeoutUninterruptible(1001);
            });
            kernel.Run();
            Assert.Equal(["1#0 at 1", "3#0 at 3", "3#0 at 3", "5#0 at 5", "1000#0 at 1000"], log);
        }
    }

    [Theory]
    [InlineData(Architecture.I386, 0xfffedb08ul, true)]
    [InlineData(Architecture.X8664, 0xfffedb08ul, false)]
    public void The_counter_of_a_32_bit_machine_wraps_after_five_minutes_and_timers_do_not_mind(Architecture architecture, ulong initial, bool wraps)
    {
        Kernel kernel = Boot(architecture);
        bool called = false;
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal((initial, initial, 250u), (InitialJiffies, Jiffies, Hz));
            ulong start = Jiffies, end = start + 400 * Hz;
            AddTimer(new TimerList(_ => called = true, end));
            Ssleep(399);
            Assert.False(called);
            Assert.Equal(wraps, Jiffies < start);
            Assert.True(TimeAfter(Jiffies, start));
            Assert.True(TimeBefore(Jiffies, end));
            Assert.True(TimeBeforeEq(start, start));
            Assert.True(TimeAfterEq(Jiffies, start));
            Assert.False(TimeAfter(start, start));
            Assert.Equal(400ul * 250, GetJiffies64() - initial + (end - Jiffies & uint.MaxValue));
            Ssleep(2);
            Assert.True(called);
        });
        kernel.Run();
    }

    [Fact]
    public void A_timer_whose_time_is_past_is_called_at_the_next_tick()
    {
        Kernel kernel = Boot();
        ulong at = 0, added = 0;
        kernel.SpawnKernelThread("driver", () =>
        {
            Msleep(100);
            added = Jiffies;
            AddTimer(new TimerList(_ => at = Jiffies, added - 20));
            Msleep(100);
        });
        kernel.Run();
        Assert.Equal(added + 1, at);
    }

    [Fact]
    public void Timers_are_moved_and_deleted()
    {
        Kernel kernel = Boot();
        var log = new List<ulong>();
        kernel.SpawnKernelThread("driver", () =>
        {
            ulong start = Jiffies;
            var timer = new TimerList();
            SetupTimer(timer, _ => log.Add(Jiffies - start), null);
            Assert.False(TimerPending(timer));
            Assert.Equal(0, DelTimer(timer));
            Assert.Equal(0, ModTimer(timer, start + 10));
            Assert.Equal(1, ModTimer(timer, start + 10));
            Assert.Equal(1, ModTimer(timer, start + 20));
            Assert.True(TimerPending(timer));
            Msleep(100);
            Assert.Equal([20ul], log);
            Assert.False(TimerPending(timer));
            ModTimer(timer, Jiffies + 5);
            Assert.Equal(1, DelTimerSync(timer));
            Assert.Equal(0, TryToDelTimerSync(timer));
            Msleep(100);
            Assert.Single(log);
            AddTimerOn(timer, 0);
            Msleep(100);
            Assert.Equal(2, log.Count);
        });
        kernel.Run();
    }

    [Fact]
    public void A_timer_that_adds_itself_ticks()
    {
        Kernel kernel = Boot();
        int ticks = 0;
        var timer = new TimerList();
        kernel.RunKernelThread(() =>
        {
            SetupTimer(timer, _ =>
            {
                ticks++;
                ModTimer(timer, Jiffies + Hz);
            }, null);
            ModTimer(timer, Jiffies + Hz);
        });
        kernel.RunFor(TimeSpan.FromSeconds(10.5));
        Assert.Equal(10, ticks);
        kernel.RunKernelThread(() => DelTimerSync(timer));
        kernel.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(10, ticks);
    }

    [Fact]
    public void Deleting_synchronously_waits_for_the_function_on_another_processor()
    {
        int waited = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            bool isAdded = false, isRunning = false, isDeleted = false;
            var timer = new TimerList(_ =>
            {
                Assert.False(isDeleted);
                isRunning = true;
                for (int i = 0; i < 20; i++)
                    Printk("working");
                isRunning = false;
            });
            kernel.SpawnKernelThread("busy", () =>
            {
                timer.Expires = Jiffies + 1;
                AddTimer(timer);
                isAdded = true;
                Mdelay(5);
            });
            kernel.SpawnKernelThread("owner", () =>
            {
                while (!isAdded)
                    CpuRelax();
                Mdelay(4);
                waited += TryToDelTimerSync(timer) < 0 ? 1 : 0;
                DelTimerSync(timer);
                isDeleted = true;
                Assert.False(isRunning);
            });
            kernel.Run();
        }

        Assert.InRange(waited, 1, 39);
    }

    [Fact]
    public void What_must_not_be_done_with_a_timer_is_a_bug()
    {
        var timer = new TimerList(_ => { });
        foreach ((Action action, string cause) in new (Action, string)[]
        {
            (() => AddTimer(timer), "kernel BUG in add_timer: timer"),
            (() => AddTimerOn(timer, 0), "kernel BUG in add_timer_on: timer"),
            (() => AddTimerOn(timer, 1), "there is no processor 1"),
            (() => InitTimer(timer), "kernel BUG in init_timer"),
            (() => AddTimer(new TimerList()), "kernel BUG in add_timer: the timer has no function"),
            (() => ModTimer(new TimerList(), 1), "kernel BUG in mod_timer: the timer has no function"),
            (() => AddTimer(null!), "NULL pointer dereference"),
        })
        {
            Kernel kernel = Boot();
            kernel.RunKernelThread(() => ModTimer(timer, Jiffies + 10));
            Expect.OopsIn(kernel, cause, action);
            kernel.RunKernelThread(() => DelTimer(timer));
        }
    }

    [Fact]
    public void A_timer_function_that_sleeps_waits_for_itself_or_stays_atomic_is_a_panic()
    {
        TimerList timer = null!;
        foreach ((Action action, string cause, string? rule) in new (Action, string, string?)[]
        {
            (() => Msleep(10), "sleeping function called from invalid context: msleep()", "DK1005"),
            (Schedule, "scheduling while atomic", "DK1005"),
            (() => DelTimerSync(timer), "del_timer_sync() waits for timer", null),
            (PreemptDisable, "kernel BUG in __run_timers", "DK1006"),
            (() => SpinLock(new Spinlock()), "kernel BUG in __run_timers", "DK7003"),
            (() => _ = KmallocSleeping(), "sleeping function called from invalid context: kmalloc", "DK1005"),
        })
        {
            Kernel kernel = Boot();
            timer = new TimerList(_ => action());
            kernel.SpawnKernelThread("driver", () =>
            {
                ModTimer(timer, Jiffies + 1);
                Msleep(100);
            });
            Expect.Oops(cause, kernel.Run, rule);
            kernel.Dispose();
        }

        static object? KmallocSleeping() => Kmalloc(16, GfpFlags.Kernel);
    }

    [Fact]
    public void A_timer_interrupts_a_task_that_is_busy_on_its_processor_unless_bottom_halves_are_off()
    {
        Kernel kernel = Boot();
        int calls = 0;
        kernel.RunKernelThread(() =>
        {
            AddTimer(new TimerList(_ => calls++, Jiffies + 1));
            PreemptDisable();
            Mdelay(10);
            Assert.Equal(1, calls);
            PreemptEnable();
            LocalBhDisable();
            AddTimer(new TimerList(_ => calls++, Jiffies + 1));
            Mdelay(10);
            Assert.Equal(1, calls);
            LocalBhEnable();
            Assert.Equal(2, calls);
        });
    }

    [Fact]
    public void A_delay_with_interrupts_off_keeps_the_timers_waiting()
    {
        Kernel kernel = Boot();
        int calls = 0;
        kernel.RunKernelThread(() =>
        {
            AddTimer(new TimerList(_ => calls++, Jiffies + 1));
            LocalIrqSave(out IrqFlags flags);
            Mdelay(1000);
            Assert.Equal(0, calls);
            LocalIrqRestore(flags);
            Assert.Equal(1, calls);
        });
    }
}
