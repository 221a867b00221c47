using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Handlers with a thread that may sleep.</summary>
public sealed class ThreadedIrqTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_thread_runs_in_process_context_and_a_oneshot_line_is_silent_until_it_has(int cpus)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            InterruptLine line = kernel.Machine.Interrupts[20];
            int hard = 0, soft = 0;
            kernel.SpawnKernelThread("driver", () =>
            {
                Assert.Equal(0, RequestThreadedIrq(
                    20,
                    (_, _) =>
                    {
                        hard++;
                        return IrqWakeThread;
                    },
                    (irq, devId) =>
                    {
                        Assert.Equal((20, kernel), (irq, devId));
                        Assert.False(InInterrupt());
                        Assert.Equal("irq/20-card", Current.Comm);
                        ScheduleTimeoutUninterruptible(1);
                        line.Deassert();
                        soft++;
                        return IrqHandled;
                    },
                    Irqf.OneShot, "card", kernel));
                for (int i = 0; i < 3; i++)
                {
                    line.Assert();
                    ScheduleTimeoutUninterruptible(4);
                    Assert.False(line.IsAsserted);
                }

                FreeIrq(20, kernel);
            });
            kernel.Run();
            Assert.Equal((3, 3), (hard, soft));
        }
    }

    [Fact]
    public void Without_a_handler_the_thread_is_woken_each_time()
    {
        Kernel kernel = Boot();
        int calls = 0;
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestThreadedIrq(7, null, (_, _) =>
            {
                calls++;
                return IrqHandled;
            }, Irqf.None, "card", null));
            for (int i = 0; i < 3; i++)
            {
                kernel.Machine.Interrupts[7].Raise();
                ScheduleTimeoutUninterruptible(1);
            }

            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
            FreeIrq(7, null);
        });
        kernel.Run();
        Assert.Equal(4, calls);
    }

    [Fact]
    public void Waking_a_thread_that_is_not_there_is_logged()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) => IrqWakeThread, Irqf.None, "card", null));
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
            FreeIrq(7, null);
        });
        Assert.Contains("IRQ 7 device card returned IRQ_WAKE_THREAD but no thread function available.", kernel.Log.ToString());
    }

    [Fact]
    public void A_bug_in_the_thread_kills_the_thread_and_not_the_machine()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() => Assert.Equal(0, RequestThreadedIrq(7, null, (_, _) => throw new FormatException("mine"), Irqf.None, "card", null)));
        kernel.Machine.Interrupts[7].Raise();
        Expect.Oops("unhandled FormatException", () => kernel.RunFor(TimeSpan.FromMilliseconds(1)));
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain("panic", kernel.Log.ToString());
    }
}
