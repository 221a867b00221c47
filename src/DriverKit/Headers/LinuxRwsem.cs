using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/rwsem.h</c>: many that read or one that writes, in the order they came. Process context, but for the trylocks.</summary>
/// <remarks>Source: include/linux/rwsem.h, lib/rwsem-spinlock.c of Linux 2.6.20.</remarks>
public static class LinuxRwsem
{
    /// <summary><c>down_read(sem)</c>: sleeps until it may read; signals wait.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, or the task holds it already.</exception>
    [MightSleep]
    [Acquires(KernelResource.ReadSemaphore)]
    public static void DownRead(RwSemaphore sem) => sem.Down(SharedObject.EnterToSleep("down_read", sem), write: false, "down_read");

    /// <summary><c>down_read_trylock(sem)</c>: reads if nobody writes and nobody waits.</summary>
    /// <returns>True if it is held now.</returns>
    [MustCheck]
    [Acquires(KernelResource.ReadSemaphore, When = ResultMeaning.True)]
    public static bool DownReadTrylock(RwSemaphore sem) => sem.TryDown(SharedObject.Enter("down_read_trylock", sem), write: false);

    /// <summary><c>down_write(sem)</c>: sleeps until it may write; signals wait.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, or the task holds it already.</exception>
    [MightSleep]
    [Acquires(KernelResource.WriteSemaphore)]
    public static void DownWrite(RwSemaphore sem) => sem.Down(SharedObject.EnterToSleep("down_write", sem), write: true, "down_write");

    /// <summary><c>down_write_trylock(sem)</c>: writes if nobody holds it and nobody waits.</summary>
    /// <returns>True if it is held now.</returns>
    [MustCheck]
    [Acquires(KernelResource.WriteSemaphore, When = ResultMeaning.True)]
    public static bool DownWriteTrylock(RwSemaphore sem) => sem.TryDown(SharedObject.Enter("down_write_trylock", sem), write: true);

    /// <summary><c>up_read(sem)</c>.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for reading.</exception>
    [Releases(KernelResource.ReadSemaphore)]
    public static void UpRead(RwSemaphore sem)
    {
        Scheduler scheduler = SharedObject.Enter("up_read", sem);
        sem.UpRead(scheduler);
        SharedObject.Left(scheduler, sem);
    }

    /// <summary><c>up_write(sem)</c>.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for writing.</exception>
    [Releases(KernelResource.WriteSemaphore)]
    public static void UpWrite(RwSemaphore sem)
    {
        Scheduler scheduler = SharedObject.Enter("up_write", sem);
        sem.UpWrite(scheduler);
        SharedObject.Left(scheduler, sem);
    }

    /// <summary><c>downgrade_write(sem)</c>: from writing to reading, without letting a writer in between.</summary>
    /// <exception cref="KernelOopsException">The task does not hold it for writing.</exception>
    [Releases(KernelResource.WriteSemaphore)]
    [Acquires(KernelResource.ReadSemaphore)]
    public static void DowngradeWrite(RwSemaphore sem) => sem.Downgrade(SharedObject.Enter("downgrade_write", sem));
}
