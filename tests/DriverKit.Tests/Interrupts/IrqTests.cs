using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Lines are requested, raised, disabled and freed; handlers run where and when the kernel says.</summary>
public sealed class IrqTests : KernelTest
{
    private static readonly object Card = new();

    [Fact]
    public void A_pulse_runs_the_handler_once_in_interrupt_context()
    {
        Kernel kernel = Boot();
        var seen = new List<string>();
        kernel.RunKernelThread(() => Assert.Equal(0, RequestIrq(
            7, (irq, devId) =>
            {
                seen.Add($"{irq} {ReferenceEquals(devId, Card)} {InIrq()} {InInterrupt()} {InAtomic()} {PreemptCount():x}");
                return IrqHandled;
            },
            Irqf.None, "short", Card)));
        kernel.Machine.Interrupts[7].Raise();
        kernel.Machine.Interrupts[7].Raise();
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["7 True True True True 10000"], seen);
        kernel.RunKernelThread(() =>
        {
            Assert.False(InInterrupt());
            FreeIrq(7, Card);
        });
    }

    [Fact]
    public void An_interrupt_that_a_register_access_raises_comes_before_the_driver_goes_on()
    {
        Kernel kernel = Boot();
        int handled = 0;
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(5, (_, _) => Count(ref handled), Irqf.Disabled, "card", null));
            kernel.Machine.Interrupts[5].Raise();
            Printk("here it comes");
            Assert.Equal(1, handled);
            FreeIrq(5, null);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_level_comes_again_until_the_handler_makes_the_device_let_go(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(cpus) });
        InterruptLine line = kernel.Machine.Interrupts[20];
        int handled = 0;
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(20, (_, _) =>
            {
                if (++handled == 5)
                    line.Deassert(Card);
                return IrqHandled;
            }, Irqf.Shared, "card", Card));
            line.Assert(Card);
            ScheduleTimeoutUninterruptible(2);
            FreeIrq(20, Card);
        });
        kernel.Run();
        Assert.Equal(5, handled);
    }

    [Fact]
    public void Requests_fail_as_the_kernel_says()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(-EINVAL, RequestIrq(7, null, Irqf.None, "x", null));
            Assert.Equal(-EINVAL, RequestIrq(224, Nobody, Irqf.None, "x", null));
            Assert.Equal(-EINVAL, RequestIrq(uint.MaxValue, Nobody, Irqf.None, "x", null));
            Assert.Equal(-EINVAL, RequestIrq(7, Nobody, Irqf.Shared, "x", null));
            Assert.Equal(-EINVAL, RequestThreadedIrq(7, null, null, Irqf.None, "x", null));
            Assert.Equal(-ENOSYS, RequestIrq(64, Nobody, Irqf.None, "x", null));
            Assert.Equal(-EBUSY, RequestIrq(0, Nobody, Irqf.Shared, "x", Card));
            Assert.Equal(0, RequestIrq(7, Nobody, Irqf.None, "first", null));
            Assert.Equal(-EBUSY, RequestIrq(7, Nobody, Irqf.Shared, "second", Card));
            Assert.False(CanRequestIrq(7, Irqf.Shared));
            Assert.True(CanRequestIrq(8, Irqf.None));
            FreeIrq(7, null);
            Assert.Equal(0, RequestIrq(7, Nobody, Irqf.Shared, "first", Card));
            Assert.Equal(-EBUSY, RequestIrq(7, Nobody, Irqf.None, "second", null));
            Assert.Equal(-EBUSY, RequestIrq(7, Nobody, Irqf.Shared | Irqf.TriggerLow, "second", kernel));
            Assert.Equal(0, RequestIrq(7, Nobody, Irqf.Shared, "second", kernel));
            FreeIrq(7, Card);
            FreeIrq(7, kernel);
        });
        Assert.Contains("IRQ handler type mismatch for IRQ 7\ncurrent handler: first\n", kernel.Log.ToString());
    }

    [Fact]
    public void Freeing_twice_or_with_another_device_id_is_logged_and_frees_nothing()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, Nobody, Irqf.Shared, "short", Card));
            FreeIrq(7, new object());
            Assert.Contains("short", kernel.ReadFile("/proc/interrupts"));
            FreeIrq(7, Card);
            FreeIrq(7, Card);
            FreeIrq(900, Card);
        });
        Assert.Equal(2, kernel.Log.Lines.Count(line => line.Message == "Trying to free free IRQ7"));
        Assert.DoesNotContain("short", kernel.ReadFile("/proc/interrupts"));
    }

    [Fact]
    public void Freeing_or_requesting_in_an_interrupt_is_a_panic()
    {
        foreach ((Action call, string cause) in new (Action, string)[]
        {
            (() => FreeIrq(7, null), "kernel BUG in free_irq"),
            (() => _ = RequestIrq(8, Nobody, Irqf.None, "x", null), "sleeping function called from invalid context: request_irq()"),
            (() => DisableIrq(7), "disable_irq(7) waits for the handlers of irq 7"),
            (() => SynchronizeIrq(7), "synchronize_irq(7) waits for the handlers of irq 7"),
            (Schedule, "scheduling while atomic"),
            (() => throw new FormatException("mine"), "unhandled FormatException"),
        })
        {
            Kernel kernel = Boot();
            kernel.SpawnKernelThread("driver", () =>
            {
                _ = RequestIrq(7, (_, _) =>
                {
                    call();
                    return IrqHandled;
                }, Irqf.None, "bad", null);
                kernel.Machine.Interrupts[7].Raise();
                Printk("never");
                Printk("reached");
            });
            KernelOopsException oops = Expect.Oops(cause, kernel.Run);
            Assert.Contains("Kernel panic - not syncing: Fatal exception in interrupt", kernel.Log.ToString());
            Assert.DoesNotContain("reached", kernel.Log.ToString());
            kernel.Dispose();
        }
    }

    [Fact]
    public void A_disabled_line_remembers_one_pulse_and_counts_its_disables()
    {
        Kernel kernel = Boot();
        int handled = 0;
        InterruptLine line = kernel.Machine.Interrupts[7];
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) => Count(ref handled), Irqf.None, "short", null));
            DisableIrq(7);
            DisableIrqNosync(7);
            line.Raise();
            line.Raise();
            EnableIrq(7);
            Printk("still off");
            Assert.Equal(0, handled);
            EnableIrq(7);
            Printk("on");
            Assert.Equal(1, handled);
            EnableIrq(7);
            EnableIrq(900);
            FreeIrq(7, null);
            line.Raise();
            Printk("lost");
            Assert.Equal(1, handled);
        });
        Assert.Single(kernel.Log.Lines, each => each.Message == "Unbalanced enable for IRQ 7");
    }

    [Fact]
    public void Interrupts_nest_unless_the_handler_wants_them_off_and_a_line_never_interrupts_itself()
    {
        Kernel kernel = Boot();
        InterruptLines lines = kernel.Machine.Interrupts;
        var log = new List<string>();
        kernel.RunKernelThread(() =>
        {
            foreach ((uint irq, Irqf flags) in new[] { (5u, Irqf.None), (6u, Irqf.Disabled), (7u, Irqf.None) })
            {
                Assert.Equal(0, RequestIrq(irq, (number, _) =>
                {
                    log.Add($"{number} begins");
                    if (number < 7)
                        lines[number + 1].Raise();
                    if (log.Count == 1)
                        lines[number].Raise();
                    Printk("a point");
                    log.Add($"{number} ends");
                    return IrqHandled;
                }, flags, "card", null));
            }

            lines[5].Raise();
            Printk("a point");
            for (uint irq = 5; irq <= 7; irq++)
                FreeIrq(irq, null);
        });
        Assert.Equal(
            ["5 begins", "6 begins", "6 ends", "7 begins", "7 ends", "5 ends", "5 begins", "6 begins", "6 ends", "7 begins", "7 ends", "5 ends"], log);
    }

    [Fact]
    public void Interrupts_that_nest_too_deep_overflow_the_kernel_stack()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            for (uint irq = 20; irq < 40; irq++)
            {
                Assert.Equal(0, RequestIrq(irq, (number, _) =>
                {
                    Printk($"in {number}");
                    kernel.Machine.Interrupts[number + 1].Raise();
                    Printk("a point");
                    return IrqHandled;
                }, Irqf.None, "card", null));
            }

            kernel.Machine.Interrupts[20].Raise();
            Printk("a point");
        });
        Expect.Oops("kernel stack overflow: interrupts within interrupts", kernel.Run);
        Assert.Contains("in 34", kernel.Log.ToString());
        Assert.DoesNotContain("in 35", kernel.Log.ToString());
    }

    [Fact]
    public void A_line_that_nobody_cares_for_is_switched_off()
    {
        Kernel kernel = Boot();
        int calls = 0;
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(20, (_, _) =>
            {
                calls++;
                return IrqNone;
            }, Irqf.None, "deaf", null));
            kernel.Machine.Interrupts[20].Assert();
            Printk("a point");
            Assert.Equal(100_000, calls);
            FreeIrq(20, null);
        });
        Assert.Contains("irq 20: nobody cared", kernel.Log.ToString());
        Assert.Contains("Disabling IRQ #20", kernel.Log.ToString());
    }

    [Fact]
    public void A_handler_that_claims_the_interrupt_and_leaves_the_level_up_keeps_the_processor_for_ever()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(20, (_, _) => IrqHandled, Irqf.None, "card", null));
            kernel.Machine.Interrupts[20].Assert();
            Printk("a point");
        });
        Expect.Oops("soft lockup detected on CPU#0", kernel.Run);
    }

    [Fact]
    public void A_handler_that_returns_nonsense_or_leaves_preemption_off_is_told_so()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) => (IrqReturn)42, Irqf.None, "odd", null));
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
            FreeIrq(7, null);
        });
        Assert.Contains("irq event 7: bogus return value 2a", kernel.Log.ToString());
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) =>
            {
                PreemptDisable();
                return IrqHandled;
            }, Irqf.None, "odd", null));
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
        });
        Expect.Oops("huh, entered the handler of irq 7 (odd) with preempt_count 00010000, exited with 00010001?", kernel.Run);
    }

    [Fact]
    public void The_table_in_proc_names_counts_kinds_and_sharers()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 });
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, Nobody, Irqf.None, "short", null));
            Assert.Equal(0, RequestIrq(17, Nobody, Irqf.Shared, "uhci_hcd", Card));
            Assert.Equal(0, RequestIrq(17, Nobody, Irqf.Shared, "eth0", kernel));
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
        });
        string[] lines = kernel.ReadFile("/proc/interrupts").Split('\n');
        Assert.Equal("           CPU0       CPU1       ", lines[0]);
        Assert.Equal("  0:          0          0   IO-APIC-edge      timer", lines[1]);
        Assert.Equal("  7:          1          0   IO-APIC-edge      short", lines[3]);
        Assert.Equal(" 17:          0          0   IO-APIC-fasteoi   uhci_hcd, eth0", lines[4]);
        Assert.Equal(["NMI:          0          0 ", "LOC:          0          0 ", "ERR:          0", "MIS:          0", ""], lines[5..]);
    }

    [Fact]
    public void Free_waits_for_a_handler_on_another_processor()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            bool isFreed = false, isHandling = false;
            int handled = 0;
            kernel.SpawnKernelThread("owner", () =>
            {
                Assert.Equal(0, RequestIrq(7, (_, _) =>
                {
                    Assert.False(isFreed);
                    Assert.False(isHandling);
                    isHandling = true;
                    for (int i = 0; i < 5; i++)
                        Printk("working");
                    isHandling = false;
                    handled++;
                    return IrqHandled;
                }, Irqf.None, "card", null));
                for (int i = 0; i < 10; i++)
                    Printk("a point");
                FreeIrq(7, null);
                isFreed = true;
                Assert.False(isHandling);
            });
            kernel.SpawnKernelThread("device", () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    kernel.Machine.Interrupts[7].Raise();
                    Printk("raised");
                }
            });
            kernel.Run();
            Assert.InRange(handled, 0, 20);
        }
    }

    [Fact]
    public void A_device_interrupts_by_itself_when_its_time_has_come()
    {
        Kernel kernel = Boot();
        Machine machine = kernel.Machine;
        var queue = new WaitQueueHead("dev->inq");
        int transfers = 0, handled = 0;
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(20, (_, _) =>
            {
                machine.Interrupts[20].Deassert();
                handled++;
                WakeUp(queue);
                return IrqHandled;
            }, Irqf.None, "card", null));
            machine.After(TimeSpan.FromMilliseconds(3), Transfer);
            WaitEvent(queue, () => handled == 3);
            FreeIrq(20, null);
        });
        kernel.Run();
        Assert.Equal((3, 3), (transfers, handled));
        Assert.InRange(kernel.Uptime.TotalMilliseconds, 9, 9.1);
        Assert.Throws<ArgumentOutOfRangeException>(() => machine.After(TimeSpan.FromTicks(-1), Transfer));
        Assert.Throws<ArgumentNullException>(() => machine.After(default, null!));

        void Transfer()
        {
            machine.Interrupts[20].Assert();
            if (++transfers < 3)
                machine.After(TimeSpan.FromMilliseconds(3), Transfer);
        }
    }

    [Fact]
    public void A_device_needs_no_processor_that_takes_interrupts()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            bool isReady = false;
            kernel.Machine.After(TimeSpan.FromMilliseconds(3), () => isReady = true);
            LocalIrqDisable();
            while (!isReady)
                CpuRelax();
            LocalIrqEnable();
            kernel.Machine.After(TimeSpan.FromMilliseconds(3), () => throw new FormatException("the model's"));
            Msleep(100);
        });
        Assert.Equal("the model's", Assert.Throws<FormatException>(kernel.Run).Message);
        kernel.Run();
        Assert.DoesNotContain(kernel.Log.Lines, line => line.Level == LogLevel.Emergency);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        ulong[] hashes = [.. Enumerable.Range(0, 20).Select(i => Run(seed: i / 10)).Distinct()];
        Assert.Equal(2, hashes.Length);

        ulong Run(int seed)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            var tasklet = new TaskletStruct(_ => Printk("tasklet"));
            kernel.SpawnKernelThread("driver", () =>
            {
                Assert.Equal(0, RequestIrq(7, (_, _) =>
                {
                    TaskletSchedule(tasklet);
                    ScheduleWork(new WorkStruct(_ => Msleep(1)));
                    return IrqHandled;
                }, Irqf.None, "card", null));
                for (int i = 0; i < 5; i++)
                {
                    kernel.Machine.After(TimeSpan.FromMilliseconds(i), kernel.Machine.Interrupts[7].Raise);
                    AddTimer(new TimerList(_ => Printk("timer"), Jiffies + (ulong)i));
                }

                Msleep(20);
                FreeIrq(7, null);
                FlushScheduledWork();
            });
            kernel.Run();
            return kernel.TraceHash;
        }
    }

    [Fact]
    public void A_line_is_pulled_by_the_thread_that_drives_the_machine_and_by_no_other()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Exception? refused = null;
            var thread = new Thread(() => refused = Record.Exception(() => kernel.Machine.Interrupts[7].Raise()));
            thread.Start();
            thread.Join();
            Assert.IsType<InvalidOperationException>(refused);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Machine.Interrupts[64]);
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Machine.Interrupts[-1]);
        kernel.Machine.Interrupts[7].Deassert();
        kernel.Machine.Interrupts[7].Raise();
    }

    private static IrqReturn Nobody(int irq, object? devId) => IrqNone;

    private static IrqReturn Count(ref int calls)
    {
        calls++;
        return IrqHandled;
    }
}
