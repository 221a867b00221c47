using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>What devices do: they pull lines, and act by themselves.</summary>
public sealed class DeviceTests : KernelTest
{
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
}
