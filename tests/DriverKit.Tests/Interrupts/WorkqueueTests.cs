using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Work is done later, in process context, once for each time it is queued.</summary>
public sealed class WorkqueueTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Work_is_done_by_the_thread_of_its_processor_and_a_flush_waits_for_it(int cpus)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            int done = 0;
            kernel.SpawnKernelThread("driver", () =>
            {
                for (int i = 0; i < 5; i++)
                {
                    int cpu = SmpProcessorId();
                    var work = new WorkStruct(_ =>
                    {
                        Assert.False(InInterrupt());
                        Msleep(3);
                        Assert.StartsWith("events/", Current.Comm);
                        Assert.Equal($"events/{SmpProcessorId()}", Current.Comm);
                        done++;
                    });
                    Assert.True(ScheduleWork(work));
                    ScheduleWork(work);
                }

                FlushScheduledWork();
                Assert.InRange(done, 5, 10);
                Assert.False(WorkPending(new WorkStruct()));
            });
            kernel.Run();
        }
    }

    [Fact]
    public void Work_that_is_pending_is_not_queued_again_and_work_that_runs_is()
    {
        Kernel kernel = Boot();
        int runs = 0;
        kernel.SpawnKernelThread("driver", () =>
        {
            WorkqueueStruct queue = CreateSinglethreadWorkqueue("mine")!;
            var work = new WorkStruct();
            InitWork(work, self =>
            {
                Assert.Equal("mine", Current.Comm);
                if (++runs < 3)
                    Assert.True(QueueWork(queue, self));
            });
            Assert.True(QueueWork(queue, work));
            Assert.True(WorkPending(work));
            Assert.False(QueueWork(queue, work));
            FlushWorkqueue(queue);
            DestroyWorkqueue(queue);
        });
        kernel.Run();
        Assert.Equal(3, runs);
    }

    [Fact]
    public void Delayed_work_waits_for_its_time_and_can_be_cancelled_until_then()
    {
        Kernel kernel = Boot();
        var log = new List<ulong>();
        kernel.SpawnKernelThread("driver", () =>
        {
            WorkqueueStruct queue = CreateWorkqueue("mine")!;
            ulong start = Jiffies;
            var work = new DelayedWork(self =>
            {
                Assert.IsType<DelayedWork>(self);
                Assert.Equal("mine/0", Current.Comm);
                log.Add(Jiffies - start);
            });
            Assert.True(QueueDelayedWork(queue, work, 10));
            Assert.False(QueueDelayedWork(queue, work, 1));
            Assert.False(QueueWork(queue, work));
            Assert.True(DelayedWorkPending(work));
            Msleep(100);
            Assert.False(CancelDelayedWork(work));
            Assert.True(QueueDelayedWorkOn(0, queue, work, 10));
            Assert.True(CancelDelayedWork(work));
            Assert.False(DelayedWorkPending(work));
            Assert.True(QueueDelayedWork(queue, work, 0));
            FlushWorkqueue(queue);
            Assert.Equal(2, log.Count);
            PrepareWork(work, _ => log.Add(42));
            InitDelayedWork(work, work.Func!);
            Assert.True(ScheduleDelayedWork(work, 2));
            Msleep(100);
            DestroyWorkqueue(queue);
        });
        kernel.Run();
        Assert.Equal(3, log.Count);
        Assert.Equal((10ul, 42ul), (log[0], log[2]));
    }

    [Fact]
    public void A_busy_queue_is_emptied_before_it_is_destroyed()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 }, new KernelOptions { Strategy = new RandomStrategy(seed) });
            int done = 0;
            kernel.SpawnKernelThread("driver", () =>
            {
                WorkqueueStruct queue = CreateWorkqueue("mine")!;
                for (int i = 0; i < 5; i++)
                {
                    QueueWork(queue, new WorkStruct(_ =>
                    {
                        Msleep(5);
                        done++;
                    }));
                }

                DestroyWorkqueue(queue);
                Assert.Equal(5, done);
            });
            kernel.Run();
        }
    }

    [Fact]
    public void Work_that_flushes_its_own_queue_does_the_rest_itself()
    {
        Kernel kernel = Boot();
        var log = new List<int>();
        kernel.SpawnKernelThread("driver", () =>
        {
            for (int i = 0; i < 5; i++)
            {
                int me = i;
                ScheduleWork(new WorkStruct(_ =>
                {
                    FlushScheduledWork();
                    log.Add(me);
                }));
            }

            FlushScheduledWork();
        });
        kernel.Run();
        Assert.Equal([4, 3, 2, 1, 0], log);
        Assert.Contains("recursion depth exceeded: 4", kernel.Log.ToString());
    }

    [Fact]
    public void What_must_not_be_done_with_a_queue_is_a_bug()
    {
        foreach ((Action<WorkqueueStruct, DelayedWork> action, string cause, string? rule) in new (Action<WorkqueueStruct, DelayedWork>, string, string?)[]
        {
            ((queue, _) => DestroyWorkqueue(queue), "kernel BUG in destroy_workqueue: workqueue mine has been destroyed", "DK3007"),
            ((queue, work) => QueueWork(queue, work), "kernel BUG in queue_work: workqueue mine has been destroyed", "DK3006"),
            ((queue, work) => QueueDelayedWork(queue, work, 1), "kernel BUG in queue_delayed_work: workqueue mine has been destroyed", "DK3006"),
            ((queue, _) => FlushWorkqueue(queue), "kernel BUG in flush_workqueue", "DK3006"),
            ((_, work) => QueueDelayedWorkOn(7, CreateWorkqueue("x")!, work, 1), "there is no processor 7", null),
            ((_, _) =>
            {
                PreemptDisable();
                FlushScheduledWork();
            }, "sleeping function called from invalid context: flush_scheduled_work()", "DK1001"),
            ((_, work) =>
            {
                ScheduleDelayedWork(work, 1);
                InitDelayedWork(work, _ => { });
            }, "kernel BUG in INIT_DELAYED_WORK", null),
        })
        {
            Kernel kernel = Boot();
            Expect.OopsIn(kernel, cause, () =>
            {
                WorkqueueStruct queue = CreateWorkqueue("mine")!;
                DestroyWorkqueue(queue);
                action(queue, new DelayedWork(_ => { }));
            }, rule);
        }
    }

    [Fact]
    public void Delayed_work_that_outlives_its_queue_is_a_panic()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            WorkqueueStruct queue = CreateWorkqueue("mine")!;
            QueueDelayedWork(queue, new DelayedWork(_ => { }), 5);
            DestroyWorkqueue(queue);
            Msleep(100);
        });
        Expect.Oops("kernel BUG in __queue_work: workqueue mine has been destroyed", kernel.Run, "DK3006");
        Assert.Contains("Kernel panic", kernel.Log.ToString());
    }

    [Fact]
    public void A_bug_in_work_kills_its_thread_and_whoever_flushes_waits_for_ever()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            ScheduleWork(new WorkStruct(_ => throw new FormatException("mine")));
            FlushScheduledWork();
        });
        Expect.Oops("unhandled FormatException", kernel.Run);
        Assert.Contains("driver[2] is sleeping (uninterruptible) in flush_scheduled_work(), waiting for wait queue of workqueue events for the end of its work", Assert.Throws<DeadlockException>(kernel.Run).Report);
        Assert.DoesNotContain("panic", kernel.Log.ToString());
    }

    [Fact]
    public void Work_that_leaves_preemption_off_is_told_so()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            ScheduleWork(new WorkStruct(_ => PreemptDisable()));
            Msleep(10);
        });
        Expect.Oops("scheduling while atomic: events/0/0x00000001/3", kernel.Run, "DK1001");
        Assert.Contains("BUG: workqueue leaked lock or atomic: events/0/0x00000001/3", kernel.Log.ToString());
    }

    [Fact]
    public void Work_without_a_function_is_a_bug_where_it_is_queued()
    {
        using var kernel = Kernel.Boot();
        Expect.Oops("kernel BUG in queue_work: the work has no function", () => kernel.RunKernelThread(() => ScheduleWork(new WorkStruct())));
        Expect.Oops("kernel BUG in queue_delayed_work: the work has no function", () => kernel.RunKernelThread(() => ScheduleDelayedWork(new DelayedWork(), 5)));
    }
}
