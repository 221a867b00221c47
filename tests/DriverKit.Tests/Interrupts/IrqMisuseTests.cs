using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>What handlers must not do, and lines that nobody serves.</summary>
public sealed class IrqMisuseTests : KernelTest
{
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
            bool sleeps = cause.StartsWith("sleeping", StringComparison.Ordinal) || cause.StartsWith("scheduling", StringComparison.Ordinal) || cause.Contains("free_irq", StringComparison.Ordinal);
            KernelOopsException oops = Expect.Oops(cause, kernel.Run, sleeps ? "DK1005" : null);
            Assert.Contains("Kernel panic - not syncing: Fatal exception in interrupt", kernel.Log.ToString());
            Assert.DoesNotContain("reached", kernel.Log.ToString());
            kernel.Dispose();
        }
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
        Expect.Oops("huh, entered the handler of irq 7 (odd) with preempt_count 00010000, exited with 00010001?", kernel.Run, "DK1006");
    }

    /// <summary>DK8007: as a method of the module, or as what was given the module for its device.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_interrupt_for_a_module_that_is_gone_is_a_bug(bool isMethod)
    {
        Kernel kernel = Boot();
        var module = new Lamp(isMethod, 0);
        kernel.InsertModule(module);
        Ring(kernel);
        Assert.Equal(1, module.Count);
        kernel.RemoveModule(module);
        Expect.Oops("the code of module lamp is gone; its Exit left the handler of irq 7 (lamp) behind", () => Ring(kernel), "DK8007");
        Assert.Equal(1, module.Count);
    }

    [Fact]
    public void An_interrupt_for_a_module_whose_Init_has_failed_is_a_bug()
    {
        Kernel kernel = Boot();
        Expect.Errno(Errno.EIO, () => kernel.InsertModule(new Lamp(true, -Errno.EIO)));
        Expect.Oops("its Init has failed and left the handler of irq 7 (lamp) behind", () => Ring(kernel), "DK8007");
    }

    private static void Ring(Kernel kernel) => kernel.RunKernelThread(() =>
    {
        kernel.Machine.Interrupts[7].Raise();
        Printk("a point");
    });

    private sealed class Lamp(bool isMethod, KernelResult result) : KernelModule
    {
        public int Count { get; private set; }

        public override KernelResult Init()
        {
            KernelResult requested = isMethod ? RequestIrq(7, Handle, Irqf.None, Name, null) : RequestIrq(7, static (_, device) => ((Lamp)device!).Handle(7, null), Irqf.None, "lamp", this);
            return requested.IsError ? requested : result;
        }

        private IrqReturn Handle(int irq, object? device)
        {
            Count++;
            return IrqHandled;
        }
    }

    private static IrqReturn Nobody(int irq, object? devId) => IrqNone;
}
