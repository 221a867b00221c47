using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/mutex.h</c>: one task at a time. Process context; only the task that took it gives it back.</summary>
/// <remarks>Source: include/linux/mutex.h, kernel/mutex.c, kernel/mutex-debug.c of Linux 2.6.20.</remarks>
public static class LinuxMutex
{
    /// <summary><c>mutex_lock(lock)</c>: sleeps until it is free; signals wait.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, or the task holds it already.</exception>
    [MightSleep]
    [Acquires(KernelResource.Mutex)]
    public static void MutexLock(KernelMutex @lock) =>
        @lock.Lock(SharedObject.EnterToSleep("mutex_lock", @lock), TaskState.Uninterruptible, "mutex_lock");

    /// <summary><c>mutex_lock_interruptible(lock)</c>: sleeps until it is free or a signal comes.</summary>
    /// <returns>0, or -EINTR for a signal: the lock is not held then.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context, or the task holds it already.</exception>
    [MightSleep]
    [MustCheck]
    [Acquires(KernelResource.Mutex, When = ResultMeaning.Success)]
    public static KernelResult MutexLockInterruptible(KernelMutex @lock) =>
        @lock.Lock(SharedObject.EnterToSleep("mutex_lock_interruptible", @lock), TaskState.Interruptible, "mutex_lock_interruptible");

    /// <summary><c>mutex_trylock(lock)</c>: takes it if it is free. Not in an interrupt.</summary>
    /// <returns>True if it is held now: as for a spinlock, and the other way round than <see cref="AsmSemaphore.DownTrylock"/>.</returns>
    /// <exception cref="KernelOopsException">Called in an interrupt.</exception>
    [MustCheck]
    [Acquires(KernelResource.Mutex, When = ResultMeaning.True)]
    public static bool MutexTrylock(KernelMutex @lock) => @lock.TryLock(SharedObject.Enter("mutex_trylock", @lock));

    /// <summary><c>mutex_unlock(lock)</c>. Not in an interrupt.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it, or in an interrupt.</exception>
    [Releases(KernelResource.Mutex)]
    public static void MutexUnlock(KernelMutex @lock)
    {
        Scheduler scheduler = SharedObject.Enter("mutex_unlock", @lock);
        @lock.Unlock(scheduler);
        SharedObject.Left(scheduler, @lock);
    }

    /// <summary><c>mutex_is_locked(lock)</c>: somebody holds it.</summary>
    public static bool MutexIsLocked(KernelMutex @lock)
    {
        SharedObject.Enter("mutex_is_locked", @lock);
        return @lock.IsLocked;
    }
}
