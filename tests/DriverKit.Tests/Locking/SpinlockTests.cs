using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>spinlock_t: one at a time, nothing sleeps, and every misuse is reported in lib/spinlock_debug.c's words.</summary>
public sealed class SpinlockTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void One_task_at_a_time_is_inside(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var gate = new Spinlock("gate");
        int inside = 0, done = 0;
        RunThreads(kernel, 5, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                IrqFlags flags = default;
                switch ((me + round) % 4)
                {
                    case 0: SpinLock(gate); break;
                    case 1: SpinLockBh(gate); break;
                    case 2: SpinLockIrqsave(gate, out flags); break;
                    default: SpinLockIrq(gate); break;
                }

                Assert.Equal(1, ++inside);
                LookAround();
                int seen = done;
                LookAround();
                done = seen + 1;
                inside--;
                switch ((me + round) % 4)
                {
                    case 0: SpinUnlock(gate); break;
                    case 1: SpinUnlockBh(gate); break;
                    case 2: SpinUnlockIrqrestore(gate, flags); break;
                    default: SpinUnlockIrq(gate); break;
                }

                Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
            }
        });
        Assert.Equal(100, done);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Whoever_tries_gets_it_or_changes_nothing(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var gate = new Spinlock();
        int inside = 0, got = 0, missed = 0;
        RunThreads(kernel, 4, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                IrqFlags flags = default;
                bool held = ((me + round) % 4) switch
                {
                    0 => SpinTrylock(gate),
                    1 => SpinTrylockBh(gate),
                    2 => SpinTrylockIrq(gate),
                    _ => SpinTrylockIrqsave(gate, out flags),
                };
                if (!held)
                {
                    missed++;
                    Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
                    continue;
                }

                got++;
                Assert.Equal(1, ++inside);
                Assert.True(SpinIsLocked(gate));
                LookAround();
                inside--;
                switch ((me + round) % 4)
                {
                    case 0: SpinUnlock(gate); break;
                    case 1: SpinUnlockBh(gate); break;
                    case 2: SpinUnlockIrq(gate); break;
                    default: SpinUnlockIrqrestore(gate, flags); break;
                }
            }
        });
        Assert.Equal(80, got + missed);
        Assert.True(cpus > 1 ? missed > 0 : missed == 0, $"{missed} misses on {cpus} processors");
    }

    [Fact]
    public void Each_form_turns_off_what_it_says()
    {
        Kernel kernel = BootSmp();
        kernel.RunKernelThread(() =>
        {
            var gate = new Spinlock();
            SpinLock(gate);
            Assert.Equal((1, false), (PreemptCount(), IrqsDisabled()));
            SpinUnlock(gate);
            SpinLockBh(gate);
            Assert.Equal((0x101, false), (PreemptCount(), IrqsDisabled()));
            SpinUnlockBh(gate);
            SpinLockIrq(gate);
            Assert.Equal((1, true), (PreemptCount(), IrqsDisabled()));
            SpinUnlockIrq(gate);
            Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
            LocalIrqDisable();
            SpinLockIrqsave(gate, out IrqFlags flags);
            Assert.True(IrqsDisabledFlags(flags));
            SpinUnlockIrqrestore(gate, flags);
            Assert.Equal((0, true), (PreemptCount(), IrqsDisabled()));
            SpinLockIrq(gate);
            SpinUnlockIrq(gate);
            Assert.False(IrqsDisabled());
            Assert.False(SpinIsLocked(gate));
        });
    }

    [Fact]
    public void Taking_it_twice_is_a_recursion() => ExpectOops(BootSmp(), "BUG: spinlock recursion on CPU#0, kthread/2\n lock: dev->lock, .magic: dead4ead, .owner: kthread/2, .owner_cpu: 0", () =>
    {
        var gate = new Spinlock("dev->lock");
        SpinLock(gate);
        SpinLock(gate);
    }, "DK7001");

    [Fact]
    public void Waiting_for_ones_own_is_a_recursion() => ExpectOops(BootSmp(), "BUG: spinlock recursion on CPU#0", () =>
    {
        var gate = new Spinlock();
        SpinLock(gate);
        SpinUnlockWait(gate);
    }, "DK7001");

    [Fact]
    public void Unlocking_what_is_not_held_is_a_bug() => ExpectOops(BootSmp(), "BUG: spinlock already unlocked on CPU#0, kthread/2\n lock: spinlock, .magic: dead4ead, .owner: <none>/-1, .owner_cpu: -1", () => SpinUnlock(new Spinlock()), "DK7002");

    [Fact]
    public void Unlocking_what_another_task_holds_is_a_bug()
    {
        Kernel kernel = BootSmp(cpus: 2, seed: 3);
        var gate = new Spinlock("gate");
        bool isHeld = false;
        kernel.SpawnKernelThread("holder", () =>
        {
            SpinLock(gate);
            isHeld = true;
            while (isHeld)
                LookAround();
        });
        kernel.SpawnKernelThread("thief", () =>
        {
            while (!isHeld)
                LookAround();
            SpinUnlock(gate);
        });
        KernelOopsException oops = Assert.Throws<KernelOopsException>(kernel.Run);
        Assert.Matches(@"^BUG: spinlock wrong owner on CPU#\d, thief/3\n lock: gate, .magic: dead4ead, .owner: holder/2", oops.Cause);
    }

    [Fact]
    public void Unlocking_on_another_processor_is_a_bug()
    {
        Kernel kernel = BootSmp(cpus: 2, seed: 5);
        var gate = new Spinlock();
        for (int i = 0; i < 3; i++)
        {
            kernel.SpawnKernelThread($"t{i}", () =>
            {
                for (int round = 0; round < 50; round++)
                {
                    int here = SmpProcessorId();
                    if (!SpinTrylock(gate))
                        continue;
                    PreemptEnable();
                    ScheduleTimeoutUninterruptible(1);
                    PreemptDisable();
                    if (SmpProcessorId() != here || round == 49)
                        SpinUnlock(gate);
                    SpinUnlock(gate);
                }
            });
        }

        Assert.Matches("^BUG: spinlock (wrong CPU|already unlocked) on CPU#", Assert.Throws<KernelOopsException>(kernel.Run).Cause);
    }

    [Fact]
    public void Sleeping_with_a_lock_held_is_a_bug()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "BUG: scheduling while atomic", () =>
        {
            SpinLock(new Spinlock());
            Schedule();
        }, "DK1001");
        ExpectOops(kernel, "BUG: sleeping function called from invalid context: mutex_lock()", () =>
        {
            SpinLock(new Spinlock());
            MutexLock(new KernelMutex());
        }, "DK1001");
        kernel.RunKernelThread(() => Assert.Equal(0, PreemptCount()));
    }

    [Fact]
    public void Returning_with_a_lock_held_is_a_bug() => ExpectOops(BootSmp(), "BUG: scheduling while atomic", () => SpinLock(new Spinlock()), "DK7003");

    [Fact]
    public void Flags_that_were_never_saved_cannot_be_restored()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "spin_unlock_irqrestore() of flags that were never saved", () =>
        {
            var gate = new Spinlock();
            SpinLock(gate);
            SpinUnlockIrqrestore(gate, default);
        }, "DK7006");
        ExpectOops(kernel, "local_irq_restore() of flags that were never saved", () => LocalIrqRestore(default), "DK7006");
    }

    [Fact]
    public void A_lock_that_was_never_made_is_a_null_pointer()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "NULL pointer dereference", () => SpinLock(null!));
        ExpectOops(kernel, "NULL pointer dereference", () => SpinUnlockIrqrestore(null!, default));
        ExpectOops(kernel, "NULL pointer dereference", () => _ = SpinTrylock(null!));
    }

    [Fact]
    public void Two_locks_in_two_orders_are_a_deadlock_that_names_both_holders()
    {
        string? report = null;
        for (ulong seed = 1; report is null && seed < 50; seed++)
        {
            Kernel kernel = BootSmp(cpus: 2, seed);
            Spinlock a = new("a"), b = new("b");
            kernel.SpawnKernelThread("ab", () => Take(a, b));
            kernel.SpawnKernelThread("ba", () => Take(b, a));
            try
            {
                kernel.Run();
            }
            catch (DeadlockException deadlock)
            {
                report = deadlock.Report;
                Assert.Throws<DeadlockException>(() => kernel.RunKernelThread(() => { }));

                // Both of its processors spin for ever: nothing can be looked at any more.
                kernel.Dispose();
            }
        }

        Assert.Contains("ab[2] is running in spin_lock(), waiting for spinlock b, held by ba[3]", report);
        Assert.Contains("ba[3] is running in spin_lock(), waiting for spinlock a, held by ab[2]", report);

        static void Take(Spinlock first, Spinlock second)
        {
            SpinLock(first);
            SpinLock(second);
            SpinUnlock(second);
            SpinUnlock(first);
        }
    }

    [Fact]
    public void A_timer_that_takes_what_it_has_interrupted_is_a_recursion()
    {
        Kernel kernel = BootSmp();
        var gate = new Spinlock("gate");
        var timer = new ClockEvent(() =>
        {
            SpinLock(gate);
            SpinUnlock(gate);
        });
        kernel.SpawnKernelThread("careless", () =>
        {
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 50_000);
            SpinLock(gate);
            for (int i = 0; i < 200; i++)
                LookAround();
            SpinUnlock(gate);
        });
        Assert.Contains("BUG: spinlock recursion on CPU#0, careless/2", Assert.Throws<KernelOopsException>(kernel.Run).Cause);
    }

    [Fact]
    public void With_interrupts_off_the_timer_waits_for_the_unlock()
    {
        Kernel kernel = BootSmp();
        var gate = new Spinlock("gate");
        bool isInside = false, hasFired = false;
        var timer = new ClockEvent(() =>
        {
            SpinLock(gate);
            Assert.False(isInside);
            hasFired = true;
            SpinUnlock(gate);
        });
        kernel.SpawnKernelThread("careful", () =>
        {
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 50_000);
            SpinLockIrqsave(gate, out IrqFlags flags);
            isInside = true;
            for (int i = 0; i < 200; i++)
                LookAround();
            Assert.False(hasFired);
            isInside = false;
            SpinUnlockIrqrestore(gate, flags);
            Assert.True(hasFired);
        });
        kernel.Run();
    }
}
