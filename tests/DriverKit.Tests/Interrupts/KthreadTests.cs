using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Kernel threads that are told to end.</summary>
public sealed class KthreadTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_thread_runs_until_it_is_stopped_and_its_result_comes_back(int cpus)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            kernel.SpawnKernelThread("driver", () =>
            {
                int rounds = 0;
                TaskStruct thread = KthreadRun(
                    data =>
                    {
                        while (!KthreadShouldStop())
                        {
                            rounds++;
                            ScheduleTimeoutInterruptible(1000);
                        }

                        return (int)data!;
                    },
                    42, "worker")!;
                Msleep(20);
                Assert.Equal(1, rounds);
                Assert.Equal(42, KthreadStop(thread));
                Assert.Equal(TaskState.Dead, thread.State);
            });
            kernel.Run();
        }
    }

    [Fact]
    public void A_thread_that_was_never_woken_returns_EINTR()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            TaskStruct thread = KthreadCreate(_ => throw new FormatException("never"), null, "worker")!;
            Msleep(20);
            Assert.False(KthreadShouldStop());
            Assert.Equal(-EINTR, KthreadStop(thread));
        });
        kernel.Run();
    }

    [Fact]
    public void A_bound_thread_stays_on_its_processor()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 4 }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            int ended = 0;
            kernel.SpawnKernelThread("driver", () =>
            {
                for (int cpu = 0; cpu < 4; cpu++)
                {
                    TaskStruct thread = KthreadCreate(data =>
                    {
                        for (int i = 0; i < 10; i++)
                        {
                            Assert.Equal(data, SmpProcessorId());
                            Yield();
                            if (i % 3 == 0)
                                Msleep(1);
                        }

                        return ++ended;
                    }, cpu, $"worker/{cpu}")!;
                    KthreadBind(thread, cpu);
                    WakeUpProcess(thread);
                }

                Ssleep(1);
            });
            kernel.Run();
            Assert.Equal(4, ended);
        }
    }

    [Fact]
    public void What_must_not_be_done_with_a_thread_is_a_bug()
    {
        foreach ((Action action, string cause) in new (Action, string)[]
        {
            (() =>
            {
                TaskStruct thread = KthreadRun(_ => 0, null, "worker")!;
                Msleep(20);
                KthreadStop(thread);
            }, "has ended by itself"),
            (() =>
            {
                TaskStruct thread = KthreadCreate(_ => 0, null, "worker")!;
                KthreadStop(thread);
                KthreadStop(thread);
            }, "has been stopped before"),
            (() => KthreadStop(Current), "is no thread of kthread_create()"),
            (() =>
            {
                TaskStruct thread = KthreadRun(_ =>
                {
                    Msleep(20);
                    return 0;
                }, null, "worker")!;
                Msleep(1);
                KthreadBind(thread, 0);
            }, "kernel BUG in kthread_bind"),
            (() => KthreadBind(Current, 9), "there is no processor 9"),
            (() =>
            {
                PreemptDisable();
                _ = KthreadCreate(_ => 0, null, "worker");
            }, "sleeping function called from invalid context: kthread_create()"),
        })
        {
            Kernel kernel = Boot();
            kernel.SpawnKernelThread("driver", action);
            Expect.Oops(cause, kernel.Run, cause.StartsWith("sleeping", StringComparison.Ordinal) ? "DK1001" : null);
            kernel.Dispose();
        }
    }

    [Fact]
    public void A_thread_that_ends_with_a_spinlock_is_a_bug()
    {
        using var kernel = Kernel.Boot();
        kernel.SpawnKernelThread("holder", () => SpinLock(new Spinlock("lock")));
        KernelOopsException oops = Assert.Throws<KernelOopsException>(kernel.Run);
        Assert.StartsWith("BUG: scheduling while atomic: holder/0x00000001/", oops.Cause);
        Assert.Contains("ended with preempt_count 1", oops.Report);
    }
}
