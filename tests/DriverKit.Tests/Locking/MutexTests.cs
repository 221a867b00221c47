using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>struct mutex: one at a time, its owner gives it back, waiters stand in order.</summary>
public sealed class MutexTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void One_task_at_a_time_is_inside_and_nobody_is_forgotten(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var gate = new KernelMutex("gate");
        int inside = 0, done = 0;
        RunThreads(kernel, 5, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                if ((me + round) % 3 == 0)
                    MutexLock(gate);
                else if ((me + round) % 3 == 1)
                    Assert.Equal(0, MutexLockInterruptible(gate));
                else if (!MutexTrylock(gate))
                    continue;
                Assert.Equal(1, ++inside);
                Assert.True(MutexIsLocked(gate));
                if (round % 5 == 0)
                    ScheduleTimeoutUninterruptible(1);
                else
                    LookAround();
                inside--;
                done++;
                MutexUnlock(gate);
            }
        });
        Assert.InRange(done, 66, 100);
        kernel.RunKernelThread(() => Assert.False(MutexIsLocked(gate)));
    }

    [Fact]
    public void Waiters_get_it_in_the_order_they_came()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex();
        var order = new List<int>();
        kernel.SpawnKernelThread("holder", () =>
        {
            MutexLock(gate);
            ScheduleTimeoutUninterruptible(20);
            MutexUnlock(gate);
        });
        RunThreads(kernel, 5, me =>
        {
            ScheduleTimeoutUninterruptible(1 + (me * 3 % 5));
            MutexLock(gate);
            order.Add(me * 3 % 5);
            MutexUnlock(gate);
        });
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void A_woken_waiter_can_lose_it_to_one_that_comes_just_then()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex();
        var order = new List<string>();
        kernel.SpawnKernelThread("holder", () =>
        {
            MutexLock(gate);
            ScheduleTimeoutUninterruptible(5);
            MutexUnlock(gate);
            MutexLock(gate);
            order.Add("holder again");
            MutexUnlock(gate);
        });
        kernel.SpawnKernelThread("waiter", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            MutexLock(gate);
            order.Add("waiter");
            MutexUnlock(gate);
        });
        kernel.Run();
        Assert.Equal(["holder again", "waiter"], order);
    }

    [Fact]
    public void A_signal_ends_the_wait_with_EINTR_and_the_others_still_get_it()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex();
        TaskStruct? sleeper = null;
        bool hasGot = false;
        kernel.SpawnKernelThread("holder", () =>
        {
            MutexLock(gate);
            ScheduleTimeoutUninterruptible(10);
            Signal(kernel, sleeper!);
            ScheduleTimeoutUninterruptible(10);
            MutexUnlock(gate);
        });
        kernel.SpawnKernelThread("sleeper", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            sleeper = Current;
            Assert.Equal(-EINTR, MutexLockInterruptible(gate));
            Assert.Equal((TaskState.Running, 0), (Current.State, PreemptCount()));
            Current.SignalPending = false;
        });
        kernel.SpawnKernelThread("patient", () =>
        {
            ScheduleTimeoutUninterruptible(2);
            MutexLock(gate);
            hasGot = true;
            MutexUnlock(gate);
        });
        kernel.Run();
        Assert.True(hasGot);
    }

    [Fact]
    public void A_free_mutex_is_taken_though_a_signal_waits_and_a_signal_does_not_end_mutex_lock()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex();
        kernel.SpawnKernelThread("a", () =>
        {
            Current.SignalPending = true;
            Assert.Equal(0, MutexLockInterruptible(gate));
            ScheduleTimeoutUninterruptible(5);
            MutexUnlock(gate);
        });
        kernel.SpawnKernelThread("b", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            Current.SignalPending = true;
            MutexLock(gate);
            MutexUnlock(gate);
        });
        kernel.Run();
    }

    [Fact]
    public void Only_the_owner_unlocks_it()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex("gate");
        ExpectOops(kernel, "BUG: at kernel/mutex-debug.c debug_mutex_unlock(): kthread[2] unlocks mutex gate, but nobody holds it", () => MutexUnlock(gate), "DK7002");
        kernel.SpawnKernelThread("holder", () =>
        {
            MutexLock(gate);
            ScheduleTimeoutUninterruptible(10);
            MutexUnlock(gate);
        });
        kernel.SpawnKernelThread("thief", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            MutexUnlock(gate);
        });
        Assert.Contains("thief[4] unlocks mutex gate, but holder[3] holds it", Assert.Throws<KernelOopsException>(kernel.Run).Cause);
        kernel.Run();
    }

    [Fact]
    public void Taking_it_twice_is_reported_and_does_not_hang() => ExpectOops(BootSmp(), "possible recursive locking detected", () =>
    {
        var gate = new KernelMutex();
        MutexLock(gate);
        MutexLock(gate);
    }, "DK7001");

    [Fact]
    public void Nothing_of_it_works_in_an_interrupt()
    {
        foreach (Action use in new Action[] { () => _ = MutexTrylock(new KernelMutex()), () => MutexUnlock(new KernelMutex()), () => MutexLock(new KernelMutex()) })
        {
            Kernel kernel = BootSmp();
            var timer = new ClockEvent(use);
            kernel.SpawnKernelThread("t", () =>
            {
                kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 1000);
                ScheduleTimeoutUninterruptible(5);
            });
            Assert.Matches("BUG: (at kernel/mutex.c|sleeping function called from invalid context)", Assert.Throws<KernelOopsException>(kernel.Run).Cause);
        }
    }

    [Fact]
    public void A_mutex_that_is_never_given_back_is_a_deadlock_that_names_the_holder()
    {
        Kernel kernel = BootSmp();
        var gate = new KernelMutex("dev->mutex");
        kernel.SpawnKernelThread("holder", () =>
        {
            MutexLock(gate);
            WaitEvent(new WaitQueueHead("never"), () => false);
        });
        kernel.SpawnKernelThread("waiter", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            MutexLock(gate);
        });
        Assert.Contains("waiter[3] is sleeping (uninterruptible) in mutex_lock(), waiting for mutex dev->mutex, held by holder[2]", Assert.Throws<DeadlockException>(kernel.Run).Report);
    }

    [Fact]
    public void A_mutex_that_was_never_made_is_a_null_pointer() => ExpectOops(BootSmp(), "NULL pointer dereference", () => MutexLock(null!));
}
