using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/spinlock.h</c>: locks to spin on. Every context; whoever holds one must not sleep.</summary>
/// <remarks>What an interrupt takes too is taken with interrupts off, what a softirq takes too at least with bottom halves off.
/// Source: include/linux/spinlock.h, kernel/spinlock.c, lib/spinlock_debug.c of Linux 2.6.20.</remarks>
public static partial class LinuxSpinlock
{
    /// <summary><c>spin_lock_init(lock)</c>: free, whatever it was before.</summary>
    public static void SpinLockInit(Spinlock @lock)
    {
        SharedObject.Enter("spin_lock_init", @lock);
        @lock.Reset();
    }

    /// <summary><c>spin_lock(lock)</c>: takes it; preemption is off until <see cref="SpinUnlock"/>.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    public static void SpinLock(Spinlock @lock) => TakeSpin("spin_lock", @lock, LockContext.Plain);

    /// <summary><c>spin_lock_bh(lock)</c>: the same, and no softirq runs on this processor.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.BottomHalves)]
    public static void SpinLockBh(Spinlock @lock) => TakeSpin("spin_lock_bh", @lock, LockContext.Bh);

    /// <summary><c>spin_lock_irq(lock)</c>: the same with interrupts off. Only where they are on: <see cref="SpinUnlockIrq"/> turns them on.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void SpinLockIrq(Spinlock @lock) => TakeSpin("spin_lock_irq", @lock, LockContext.Irq);

    /// <summary><c>spin_lock_irqsave(lock, flags)</c>: the same with interrupts off.</summary>
    /// <param name="lock">The lock.</param>
    /// <param name="flags">Whether interrupts were on, for <see cref="SpinUnlockIrqrestore"/>.</param>
    /// <exception cref="KernelOopsException">The task or the processor holds it already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void SpinLockIrqsave(Spinlock @lock, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("spin_lock_irqsave", @lock);
        flags = LockContexts.EnterIrqsave(scheduler);
        @lock.Lock(scheduler, "spin_lock_irqsave");
    }

    /// <summary><c>spin_unlock(lock)</c>.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    public static void SpinUnlock(Spinlock @lock) => ReleaseSpin("spin_unlock", @lock, LockContext.Plain);

    /// <summary><c>spin_unlock_bh(lock)</c>: softirqs that were raised meanwhile run now.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.BottomHalves)]
    public static void SpinUnlockBh(Spinlock @lock) => ReleaseSpin("spin_unlock_bh", @lock, LockContext.Bh);

    /// <summary><c>spin_unlock_irq(lock)</c>: interrupts are on then.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void SpinUnlockIrq(Spinlock @lock) => ReleaseSpin("spin_unlock_irq", @lock, LockContext.Irq);

    /// <summary><c>spin_unlock_irqrestore(lock, flags)</c>: interrupts are as they were.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by this task on this processor, or the flags were never saved.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void SpinUnlockIrqrestore(Spinlock @lock, IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("spin_unlock_irqrestore", @lock);
        @lock.Unlock(scheduler);
        LockContexts.LeaveIrqrestore(scheduler, flags, "spin_unlock_irqrestore");
        SharedObject.Left(scheduler, @lock);
    }

    /// <summary><c>spin_trylock(lock)</c>: takes it if that needs no waiting. Without it, nothing has changed.</summary>
    /// <returns>True if it is held now.</returns>
    [MustCheck]
    [Acquires(KernelResource.Spinlock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    public static bool SpinTrylock(Spinlock @lock) => TrySpin("spin_trylock", @lock, LockContext.Plain);

    /// <summary><c>spin_trylock_bh(lock)</c>: takes it if that needs no waiting.</summary>
    /// <returns>True if it is held now, with bottom halves off; false, and they are on.</returns>
    [MustCheck]
    [Acquires(KernelResource.Spinlock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    [Acquires(KernelResource.BottomHalves, When = ResultMeaning.True)]
    public static bool SpinTrylockBh(Spinlock @lock) => TrySpin("spin_trylock_bh", @lock, LockContext.Bh);

    /// <summary><c>spin_trylock_irq(lock)</c>: takes it if that needs no waiting.</summary>
    /// <returns>True if it is held now, with interrupts off; false, and they are on.</returns>
    [MustCheck]
    [Acquires(KernelResource.Spinlock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    [Acquires(KernelResource.InterruptsOff, When = ResultMeaning.True)]
    public static bool SpinTrylockIrq(Spinlock @lock) => TrySpin("spin_trylock_irq", @lock, LockContext.Irq);

    /// <summary><c>spin_trylock_irqsave(lock, flags)</c>: takes it if that needs no waiting.</summary>
    /// <param name="lock">The lock.</param>
    /// <param name="flags">Whether interrupts were on.</param>
    /// <returns>True if it is held now, with interrupts off; false, and they are as they were.</returns>
    [MustCheck]
    [Acquires(KernelResource.Spinlock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    [Acquires(KernelResource.InterruptsOff, When = ResultMeaning.True)]
    public static bool SpinTrylockIrqsave(Spinlock @lock, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("spin_trylock_irqsave", @lock);
        flags = LockContexts.EnterIrqsave(scheduler);
        bool isHeld = @lock.TryLock(scheduler);
        if (!isHeld)
            LockContexts.LeaveIrqrestore(scheduler, flags, "spin_trylock_irqsave");
        return isHeld;
    }

    /// <summary><c>spin_is_locked(lock)</c>: somebody holds it.</summary>
    public static bool SpinIsLocked(Spinlock @lock)
    {
        SharedObject.Enter("spin_is_locked", @lock);
        return @lock.IsLocked;
    }

    /// <summary><c>spin_unlock_wait(lock)</c>: spins until nobody holds it, and does not take it.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it.</exception>
    public static void SpinUnlockWait(Spinlock @lock) => @lock.Wait(SharedObject.Enter("spin_unlock_wait", @lock));

    private static void TakeSpin(string function, Spinlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        @lock.Lock(scheduler, function);
    }

    private static void ReleaseSpin(string function, Spinlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        @lock.Unlock(scheduler);
        context.Leave(scheduler, function);
        SharedObject.Left(scheduler, @lock);
    }

    private static bool TrySpin(string function, Spinlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        bool isHeld = @lock.TryLock(scheduler);
        if (!isHeld)
            context.Leave(scheduler, function);
        return isHeld;
    }
}
