using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>struct semaphore: so many at a time, and anybody may do the up.</summary>
public sealed class SemaphoreTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void So_many_are_inside_and_nobody_is_forgotten(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        int room = (int)(seed % 3) + 1;
        var sem = new KernelSemaphore(room, "sem");
        int inside = 0, most = 0, done = 0;
        RunThreads(kernel, 6, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                if ((me + round) % 3 == 0)
                    Down(sem);
                else if ((me + round) % 3 == 1)
                    Assert.Equal(0, DownInterruptible(sem));
                else if (DownTrylock(sem) != 0)
                    continue;
                most = Math.Max(most, ++inside);
                Assert.InRange(inside, 1, room);
                if (round % 4 == 0)
                    ScheduleTimeoutUninterruptible(1);
                else
                    LookAround();
                inside--;
                done++;
                Up(sem);
            }
        });
        Assert.Equal(room, most);
        Assert.InRange(done, 80, 120);
        Assert.Equal(room, sem.Count);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Signals_at_any_time_lose_no_room_and_no_wake_up(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var sem = new KernelSemaphore(1, "sem");
        var tasks = new List<TaskStruct>();
        int inside = 0, interrupted = 0, left = 4;
        RunThreads(kernel, 5, me =>
        {
            if (me == 4)
            {
                for (int i = 0; left > 0; i++)
                {
                    if (tasks.Count != 0)
                        Signal(kernel, tasks[i % tasks.Count]);
                    if (i % 3 == 0)
                        ScheduleTimeoutUninterruptible(1);
                    else
                        LookAround();
                }

                return;
            }

            tasks.Add(Current);
            for (int round = 0; round < 20; round++)
            {
                KernelResult result = DownInterruptible(sem);
                Current.SignalPending = false;
                if (result.IsError)
                {
                    Assert.Equal(-EINTR, result);
                    interrupted++;
                    continue;
                }

                Assert.Equal(1, ++inside);
                ScheduleTimeoutUninterruptible(1);
                inside--;
                Up(sem);
            }

            left--;
        });
        Assert.True(interrupted > 0);
        Assert.Equal(1, sem.Count);
    }

    [Fact]
    public void Trylock_says_0_for_success_and_1_for_none()
    {
        Kernel kernel = BootSmp();
        kernel.RunKernelThread(() =>
        {
            var sem = new KernelSemaphore();
            Assert.Equal(0, DownTrylock(sem));
            Assert.Equal(1, DownTrylock(sem));
            Up(sem);
            Assert.Equal(0, DownTrylock(sem));
            SemaInit(sem, 2);
            Assert.Equal([0, 0, 1], new[] { DownTrylock(sem), DownTrylock(sem), DownTrylock(sem) });
            InitMutexLocked(sem);
            Assert.Equal(1, DownTrylock(sem));
            InitMutex(sem);
            Assert.Equal(0, DownTrylock(sem));
        });
    }

    [Fact]
    public void Waiters_get_in_in_the_order_they_came()
    {
        Kernel kernel = BootSmp();
        var sem = new KernelSemaphore(0);
        var order = new List<int>();
        kernel.SpawnKernelThread("giver", () =>
        {
            for (int i = 0; i < 5; i++)
            {
                ScheduleTimeoutUninterruptible(10);
                Up(sem);
            }
        });
        RunThreads(kernel, 5, me =>
        {
            ScheduleTimeoutUninterruptible(1 + (me * 2 % 5));
            Down(sem);
            order.Add(me * 2 % 5);
        });
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void Up_and_trylock_work_in_an_interrupt()
    {
        Kernel kernel = BootSmp();
        var sem = new KernelSemaphore(0);
        int tried = -1;
        var timer = new ClockEvent(() =>
        {
            tried = DownTrylock(sem);
            Up(sem);
        });
        kernel.SpawnKernelThread("t", () =>
        {
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 1_000_000);
            Down(sem);
            Assert.Equal(1, tried);
        });
        kernel.Run();
    }

    [Fact]
    public void Misuse_is_reported()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "BUG: sleeping function called from invalid context: down()", () =>
        {
            PreemptDisable();
            Down(new KernelSemaphore());
        }, "DK1001");
        ExpectOops(kernel, "BUG: sleeping function called from invalid context: down_interruptible()", () =>
        {
            PreemptDisable();
            _ = DownInterruptible(new KernelSemaphore());
        }, "DK1001");
        ExpectOops(kernel, "NULL pointer dereference", () => Up(null!));
        var sem = new KernelSemaphore(0, "sem");
        kernel.SpawnKernelThread("sleeper", () => Down(sem));
        kernel.SpawnKernelThread("careless", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            SemaInit(sem, 1);
        });
        Assert.Contains("BUG: sema_init() of semaphore sem in which tasks sleep", Assert.Throws<KernelOopsException>(kernel.Run).Cause);
        kernel.RunKernelThread(() => Up(sem));
        kernel.Run();
    }

    [Fact]
    public void Two_semaphores_in_two_orders_are_a_deadlock_that_names_both_holders()
    {
        Kernel kernel = BootSmp();
        KernelSemaphore a = new(1, "a"), b = new(1, "b");
        kernel.SpawnKernelThread("ab", () => Take(a, b));
        kernel.SpawnKernelThread("ba", () => Take(b, a));
        string report = Assert.Throws<DeadlockException>(kernel.Run).Report;
        Assert.Contains("ab[2] is sleeping (uninterruptible) in down(), waiting for semaphore b, held by ba[3]", report);
        Assert.Contains("ba[3] is sleeping (uninterruptible) in down(), waiting for semaphore a, held by ab[2]", report);

        static void Take(KernelSemaphore first, KernelSemaphore second)
        {
            Down(first);
            ScheduleTimeoutUninterruptible(1);
            Down(second);
            Up(second);
            Up(first);
        }
    }
}
