using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>A task that waits for a handler with preemption on may lose its processor; who gets it goes on.</summary>
public sealed class SpinTests
{
    [Theory]
    [MemberData(nameof(ScheduleTheory.Seeds), 100, MemberType = typeof(ScheduleTheory))]
    public void Waiting_for_a_timer_does_not_stop_others_of_the_same_processor(ulong seed)
    {
        using Kernel kernel = Kernel.Boot(new() { MemorySize = 16.MiB(), Cpus = 2 }, new() { Hz = 1000, Strategy = new RandomStrategy((int)seed) });
        var @lock = new Spinlock("shared");
        bool runs = false;
        var timer = new TimerList(_ =>
        {
            runs = true;
            for (int i = 0; i < 20; i++)
            {
                SpinLock(@lock);
                CpuRelax();
                SpinUnlock(@lock);
            }
        });
        for (int n = 0; n < 4; n++)
        {
            int me = n;
            kernel.SpawnKernelThread($"task{n}", () =>
            {
                for (int i = 0; i < 4; i++)
                {
                    if (me == 0)
                    {
                        runs = false;
                        ModTimer(timer, Jiffies + 1);
                        while (!runs)
                            CpuRelax();
                        DelTimerSync(timer);
                        continue;
                    }

                    SpinLockBh(@lock);
                    CpuRelax();
                    SpinUnlockBh(@lock);
                    Udelay(300);
                }
            });
        }

        kernel.Run();
    }

    [Fact]
    public void Callbacks_of_RCU_run_in_softirq_context()
    {
        using Kernel kernel = Kernel.Boot(new() { MemorySize = 16.MiB() });
        var @lock = new Spinlock("of the callback");
        bool called = false, inIrq = true, inSoftirq = false;
        kernel.SpawnKernelThread("caller", () =>
        {
            CallRcu(new RcuHead(), _ =>
            {
                SpinLockBh(@lock);
                (called, inIrq, inSoftirq) = (true, InIrq(), InSoftirq());
                SpinUnlockBh(@lock);
            });
            SynchronizeRcu();
        });
        kernel.Run();
        Assert.True(called);
        Assert.False(inIrq);
        Assert.True(inSoftirq);
    }
}
