using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <content>Locks that many may hold for reading, or one for writing.</content>
public static partial class LinuxSpinlock
{
    /// <summary><c>rwlock_init(lock)</c>: free, whatever it was before.</summary>
    public static void RwlockInit(Rwlock @lock)
    {
        SharedObject.Enter("rwlock_init", @lock);
        @lock.Reset();
    }

    /// <summary><c>read_lock(lock)</c>: takes it for reading, unless somebody writes; preemption is off until <see cref="ReadUnlock"/>.</summary>
    [Acquires(KernelResource.ReadLock)]
    [Acquires(KernelResource.PreemptCount)]
    public static void ReadLock(Rwlock @lock) => TakeRead("read_lock", @lock, LockContext.Plain);

    /// <summary><c>read_lock_bh(lock)</c>: the same, and no softirq runs on this processor.</summary>
    [Acquires(KernelResource.ReadLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.BottomHalves)]
    public static void ReadLockBh(Rwlock @lock) => TakeRead("read_lock_bh", @lock, LockContext.Bh);

    /// <summary><c>read_lock_irq(lock)</c>: the same with interrupts off. Only where they are on: <see cref="ReadUnlockIrq"/> turns them on.</summary>
    [Acquires(KernelResource.ReadLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void ReadLockIrq(Rwlock @lock) => TakeRead("read_lock_irq", @lock, LockContext.Irq);

    /// <summary><c>read_lock_irqsave(lock, flags)</c>: the same with interrupts off.</summary>
    /// <param name="lock">The lock.</param>
    /// <param name="flags">Whether interrupts were on, for <see cref="ReadUnlockIrqrestore"/>.</param>
    [Acquires(KernelResource.ReadLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void ReadLockIrqsave(Rwlock @lock, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("read_lock_irqsave", @lock);
        flags = LockContexts.EnterIrqsave(scheduler);
        @lock.ReadLock(scheduler, "read_lock_irqsave");
    }

    /// <summary><c>read_unlock(lock)</c>.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for reading.</exception>
    [Releases(KernelResource.ReadLock)]
    [Releases(KernelResource.PreemptCount)]
    public static void ReadUnlock(Rwlock @lock) => ReleaseRead("read_unlock", @lock, LockContext.Plain);

    /// <summary><c>read_unlock_bh(lock)</c>: softirqs that were raised meanwhile run now.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for reading.</exception>
    [Releases(KernelResource.ReadLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.BottomHalves)]
    public static void ReadUnlockBh(Rwlock @lock) => ReleaseRead("read_unlock_bh", @lock, LockContext.Bh);

    /// <summary><c>read_unlock_irq(lock)</c>: interrupts are on then.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for reading.</exception>
    [Releases(KernelResource.ReadLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void ReadUnlockIrq(Rwlock @lock) => ReleaseRead("read_unlock_irq", @lock, LockContext.Irq);

    /// <summary><c>read_unlock_irqrestore(lock, flags)</c>: interrupts are as they were.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for reading, or the flags were never saved.</exception>
    [Releases(KernelResource.ReadLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void ReadUnlockIrqrestore(Rwlock @lock, IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("read_unlock_irqrestore", @lock);
        @lock.ReadUnlock(scheduler);
        LockContexts.LeaveIrqrestore(scheduler, flags, "read_unlock_irqrestore");
        SharedObject.Left(scheduler, @lock);
    }

    /// <summary><c>read_trylock(lock)</c>: takes it if that needs no waiting. Without it, nothing has changed.</summary>
    /// <returns>True if it is held now.</returns>
    [MustCheck]
    [Acquires(KernelResource.ReadLock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    public static bool ReadTrylock(Rwlock @lock) => TryRead("read_trylock", @lock, LockContext.Plain);

    /// <summary><c>write_lock(lock)</c>: takes it for writing, alone; preemption is off until <see cref="WriteUnlock"/>.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it for writing already.</exception>
    [Acquires(KernelResource.WriteLock)]
    [Acquires(KernelResource.PreemptCount)]
    public static void WriteLock(Rwlock @lock) => TakeWrite("write_lock", @lock, LockContext.Plain);

    /// <summary><c>write_lock_bh(lock)</c>: the same, and no softirq runs on this processor.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it for writing already.</exception>
    [Acquires(KernelResource.WriteLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.BottomHalves)]
    public static void WriteLockBh(Rwlock @lock) => TakeWrite("write_lock_bh", @lock, LockContext.Bh);

    /// <summary><c>write_lock_irq(lock)</c>: the same with interrupts off. Only where they are on: <see cref="WriteUnlockIrq"/> turns them on.</summary>
    /// <exception cref="KernelOopsException">The task or the processor holds it for writing already.</exception>
    [Acquires(KernelResource.WriteLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void WriteLockIrq(Rwlock @lock) => TakeWrite("write_lock_irq", @lock, LockContext.Irq);

    /// <summary><c>write_lock_irqsave(lock, flags)</c>: the same with interrupts off.</summary>
    /// <param name="lock">The lock.</param>
    /// <param name="flags">Whether interrupts were on, for <see cref="WriteUnlockIrqrestore"/>.</param>
    /// <exception cref="KernelOopsException">The task or the processor holds it for writing already.</exception>
    [Acquires(KernelResource.WriteLock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void WriteLockIrqsave(Rwlock @lock, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("write_lock_irqsave", @lock);
        flags = LockContexts.EnterIrqsave(scheduler);
        @lock.WriteLock(scheduler, "write_lock_irqsave");
    }

    /// <summary><c>write_unlock(lock)</c>.</summary>
    /// <exception cref="KernelOopsException">It is not held for writing, or not by this task on this processor.</exception>
    [Releases(KernelResource.WriteLock)]
    [Releases(KernelResource.PreemptCount)]
    public static void WriteUnlock(Rwlock @lock) => ReleaseWrite("write_unlock", @lock, LockContext.Plain);

    /// <summary><c>write_unlock_bh(lock)</c>: softirqs that were raised meanwhile run now.</summary>
    /// <exception cref="KernelOopsException">It is not held for writing, or not by this task on this processor.</exception>
    [Releases(KernelResource.WriteLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.BottomHalves)]
    public static void WriteUnlockBh(Rwlock @lock) => ReleaseWrite("write_unlock_bh", @lock, LockContext.Bh);

    /// <summary><c>write_unlock_irq(lock)</c>: interrupts are on then.</summary>
    /// <exception cref="KernelOopsException">It is not held for writing, or not by this task on this processor.</exception>
    [Releases(KernelResource.WriteLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void WriteUnlockIrq(Rwlock @lock) => ReleaseWrite("write_unlock_irq", @lock, LockContext.Irq);

    /// <summary><c>write_unlock_irqrestore(lock, flags)</c>: interrupts are as they were.</summary>
    /// <exception cref="KernelOopsException">It is not held for writing, or not by this task on this processor, or the flags were never saved.</exception>
    [Releases(KernelResource.WriteLock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void WriteUnlockIrqrestore(Rwlock @lock, IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("write_unlock_irqrestore", @lock);
        @lock.WriteUnlock(scheduler);
        LockContexts.LeaveIrqrestore(scheduler, flags, "write_unlock_irqrestore");
        SharedObject.Left(scheduler, @lock);
    }

    /// <summary><c>write_trylock(lock)</c>: takes it if that needs no waiting. Without it, nothing has changed.</summary>
    /// <returns>True if it is held now.</returns>
    [MustCheck]
    [Acquires(KernelResource.WriteLock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    public static bool WriteTrylock(Rwlock @lock) => TryWrite("write_trylock", @lock, LockContext.Plain);

    /// <summary><c>write_trylock_irqsave(lock, flags)</c>: takes it if that needs no waiting.</summary>
    /// <param name="lock">The lock.</param>
    /// <param name="flags">Whether interrupts were on.</param>
    /// <returns>True if it is held now, with interrupts off; false, and they are as they were.</returns>
    [MustCheck]
    [Acquires(KernelResource.WriteLock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    [Acquires(KernelResource.InterruptsOff, When = ResultMeaning.True)]
    public static bool WriteTrylockIrqsave(Rwlock @lock, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("write_trylock_irqsave", @lock);
        flags = LockContexts.EnterIrqsave(scheduler);
        bool isHeld = @lock.TryWriteLock(scheduler);
        if (!isHeld)
            LockContexts.LeaveIrqrestore(scheduler, flags, "write_trylock_irqsave");
        return isHeld;
    }

    private static void TakeRead(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        @lock.ReadLock(scheduler, function);
    }

    private static void ReleaseRead(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        @lock.ReadUnlock(scheduler);
        context.Leave(scheduler, function);
        SharedObject.Left(scheduler, @lock);
    }

    private static bool TryRead(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        bool isHeld = @lock.TryReadLock(scheduler);
        if (!isHeld)
            context.Leave(scheduler, function);
        return isHeld;
    }

    private static void TakeWrite(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        @lock.WriteLock(scheduler, function);
    }

    private static void ReleaseWrite(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        @lock.WriteUnlock(scheduler);
        context.Leave(scheduler, function);
        SharedObject.Left(scheduler, @lock);
    }

    private static bool TryWrite(string function, Rwlock @lock, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, @lock);
        context.Enter(scheduler);
        bool isHeld = @lock.TryWriteLock(scheduler);
        if (!isHeld)
            context.Leave(scheduler, function);
        return isHeld;
    }
}
