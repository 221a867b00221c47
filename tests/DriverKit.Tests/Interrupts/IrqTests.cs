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

    private static IrqReturn Nobody(int irq, object? devId) => IrqNone;

    private static IrqReturn Count(ref int calls)
    {
        calls++;
        return IrqHandled;
    }
}
