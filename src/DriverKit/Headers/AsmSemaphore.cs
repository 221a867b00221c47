using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>asm/semaphore.h</c>: counting semaphores, which drivers of the time use as mutexes too.</summary>
/// <remarks>Source: include/asm-i386/semaphore.h, lib/semaphore-sleepers.c of Linux 2.6.20.</remarks>
public static class AsmSemaphore
{
    /// <summary><c>sema_init(sem, val)</c>: sets the count of one that nobody uses.</summary>
    /// <exception cref="KernelOopsException">Tasks sleep in it.</exception>
    public static void SemaInit(KernelSemaphore sem, int val) => Init("sema_init", sem, val);

    /// <summary><c>init_MUTEX(sem)</c>: a count of 1.</summary>
    /// <exception cref="KernelOopsException">Tasks sleep in it.</exception>
    public static void InitMutex(KernelSemaphore sem) => Init("init_MUTEX", sem, 1);

    /// <summary><c>init_MUTEX_LOCKED(sem)</c>: a count of 0, for one that waits until another task is done.</summary>
    /// <exception cref="KernelOopsException">Tasks sleep in it.</exception>
    public static void InitMutexLocked(KernelSemaphore sem) => Init("init_MUTEX_LOCKED", sem, 0);

    /// <summary><c>down(sem)</c>: sleeps until there is room; signals wait. Process context.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [Acquires(KernelResource.Semaphore)]
    public static void Down(KernelSemaphore sem) =>
        sem.Down(SharedObject.EnterToSleep("down", sem), TaskState.Uninterruptible, "down");

    /// <summary><c>down_interruptible(sem)</c>: sleeps until there is room or a signal comes. Process context.</summary>
    /// <returns>0, or -EINTR for a signal: return -ERESTARTSYS then, and do not call <see cref="Up"/>.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    [Acquires(KernelResource.Semaphore, When = ResultMeaning.Success)]
    public static KernelResult DownInterruptible(KernelSemaphore sem) =>
        sem.Down(SharedObject.EnterToSleep("down_interruptible", sem), TaskState.Interruptible, "down_interruptible");

    /// <summary><c>down_trylock(sem)</c>: goes in if there is room. Every context.</summary>
    /// <returns>0 if it went in, 1 if there was no room: the other way round than <see cref="LinuxMutex.MutexTrylock"/>.</returns>
    [MustCheck]
    [Acquires(KernelResource.Semaphore, When = ResultMeaning.Zero)]
    public static int DownTrylock(KernelSemaphore sem) => sem.TryDown(SharedObject.Enter("down_trylock", sem)) ? 0 : 1;

    /// <summary><c>up(sem)</c>: makes room, and wakes one that waits for it. Every context.</summary>
    [Releases(KernelResource.Semaphore)]
    public static void Up(KernelSemaphore sem)
    {
        Scheduler scheduler = SharedObject.Enter("up", sem);
        sem.Up(scheduler);
        SharedObject.Left(scheduler, sem);
    }

    private static void Init(string function, KernelSemaphore sem, int count)
    {
        SharedObject.Enter(function, sem);
        sem.Reset(count);
    }
}
