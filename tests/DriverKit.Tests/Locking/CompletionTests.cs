using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>struct completion: as many go on as are completed, whichever comes first.</summary>
public sealed class CompletionTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void As_many_go_on_as_are_completed(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var done = new Completion("done");
        int completed = 0, gone = 0;
        RunThreads(kernel, 6, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                if (me < 3)
                {
                    completed++;
                    Complete(done);
                    if (round % 5 == me)
                        ScheduleTimeoutUninterruptible(1);
                    continue;
                }

                if (round % 2 == 0)
                    WaitForCompletion(done);
                else
                    Assert.Equal(0, WaitForCompletionInterruptible(done));
                Assert.InRange(++gone, 1, completed);
            }
        });
        Assert.Equal((60, 60, 0u), (completed, gone, done.Done));
    }

    [Fact]
    public void A_wait_ends_when_its_time_is_over()
    {
        Kernel kernel = BootSmp();
        kernel.RunKernelThread(() =>
        {
            var done = new Completion();
            Assert.Equal(0, WaitForCompletionTimeout(done, 10));
            Assert.Equal(0, WaitForCompletionInterruptibleTimeout(done, 10));
            Complete(done);
            Assert.Equal(10, WaitForCompletionTimeout(done, 10));
            Assert.Equal(0, WaitForCompletionTimeout(done, 10));
        });
        Assert.InRange(kernel.Uptime.TotalMilliseconds, 30 * 4 - 4, 30 * 4 + 5);
    }

    [Fact]
    public void What_is_left_of_the_time_is_told()
    {
        Kernel kernel = BootSmp();
        var done = new Completion();
        kernel.SpawnKernelThread("waiter", () => Assert.InRange(WaitForCompletionTimeout(done, 100), 88, 92));
        kernel.SpawnKernelThread("worker", () =>
        {
            ScheduleTimeoutUninterruptible(10);
            Complete(done);
        });
        kernel.Run();
    }

    [Fact]
    public void All_go_on_and_so_does_who_comes_later_until_it_is_initialised_again()
    {
        Kernel kernel = BootSmp();
        var done = new Completion();
        int gone = 0;
        kernel.SpawnKernelThread("worker", () =>
        {
            ScheduleTimeoutUninterruptible(10);
            CompleteAll(done);
        });
        RunThreads(kernel, 3, _ =>
        {
            WaitForCompletion(done);
            WaitForCompletion(done);
            gone++;
        });
        Assert.Equal(3, gone);
        kernel.RunKernelThread(() =>
        {
            InitCompletion(done);
            Assert.Equal(0, WaitForCompletionTimeout(done, 1));
        });
    }

    [Fact]
    public void A_signal_ends_interruptible_waits_only()
    {
        Kernel kernel = BootSmp();
        Completion never = new("never"), done = new("done");
        var tasks = new List<TaskStruct>();
        kernel.SpawnKernelThread("i", () => Interrupted(() => WaitForCompletionInterruptible(never)));
        kernel.SpawnKernelThread("it", () => Interrupted(() => WaitForCompletionInterruptibleTimeout(never, 1000)));
        kernel.SpawnKernelThread("u", () =>
        {
            tasks.Add(Current);
            WaitForCompletion(done);
        });
        kernel.SpawnKernelThread("killer", () =>
        {
            ScheduleTimeoutUninterruptible(5);
            foreach (TaskStruct task in tasks)
                Signal(kernel, task);
            ScheduleTimeoutUninterruptible(5);
            Complete(done);
        });
        kernel.Run();
        Assert.Equal((0u, 0u), (done.Done, never.Done));

        void Interrupted(Func<KernelResult> wait)
        {
            tasks.Add(Current);
            Assert.Equal(-ERESTARTSYS, wait());
            Assert.Equal(TaskState.Running, Current.State);
        }
    }

    [Fact]
    public void An_interrupt_completes_it()
    {
        Kernel kernel = BootSmp();
        var done = new Completion();
        var timer = new ClockEvent(() => Complete(done));
        kernel.SpawnKernelThread("t", () =>
        {
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 1_000_000);
            WaitForCompletion(done);
        });
        kernel.Run();
    }

    [Fact]
    public void Misuse_is_reported()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "sleeping function called from invalid context: wait_for_completion()", () =>
        {
            PreemptDisable();
            WaitForCompletion(new Completion());
        }, "DK1001");
        ExpectOops(kernel, "NULL pointer dereference", () => Complete(null!));
        kernel.SpawnKernelThread("lonely", () => WaitForCompletion(new Completion("done")));
        Assert.Contains("lonely[4] is sleeping (uninterruptible) in wait_for_completion(), waiting for completion done", Assert.Throws<DeadlockException>(kernel.Run).Report);
    }
}
