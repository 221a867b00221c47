using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>mmap_sem</c> as a rw_semaphore, made when it is first needed.</summary>
/// <remarks>Source: <c>do_page_fault</c> (arch/i386/mm/fault.c) and mm/ of Linux 2.6.20.</remarks>
internal sealed class MmapSemaphores(Scheduler scheduler) : MmapSem
{
    /// <summary><c>mm->mmap_sem</c>.</summary>
    public static RwSemaphore Of(MmStruct mm) => (RwSemaphore)(mm.MmapSem ??= new RwSemaphore("mmap_sem"));

    protected override void DownWrite(MmStruct mm)
    {
        RwSemaphore semaphore = Of(mm);
        if (mm.MmUsers > 1)
            scheduler.Point("down_write", semaphore);
        semaphore.Down(scheduler, write: true, "down_write");
    }

    protected override void UpWrite(MmStruct mm)
    {
        if (!scheduler.IsPoweringOff)
            Of(mm).UpWrite(scheduler);
    }

    protected override bool TryDownRead(MmStruct mm)
    {
        if (IsAlone(mm) || Of(mm).IsHeldBy(scheduler.Current))
            return false;
        scheduler.Point("down_read", Of(mm));
        Of(mm).Down(scheduler, write: false, "down_read");
        return true;
    }

    protected override bool DownReadForFault(MmStruct mm, UserVirtualAddress address)
    {
        if (mm.MmapSem is RwSemaphore semaphore && semaphore.IsHeldBy(scheduler.Current))
        {
            ThrowIfStuck(semaphore, address);
            return false;
        }

        return TryDownRead(mm);
    }

    protected override void UpRead(MmStruct mm)
    {
        if (!scheduler.IsPoweringOff)
            Of(mm).UpRead(scheduler);
    }

    /// <summary>Only this task can be in the address space; or the host looks, and cannot wait.</summary>
    private bool IsAlone(MmStruct mm) => scheduler.IsAtConsole || (mm.MmUsers == 1 && scheduler.Current.Mm == mm);

    /// <summary>A task that writes waits for itself; one that reads waits for a writer in the queue, and that for it.</summary>
    private void ThrowIfStuck(RwSemaphore semaphore, UserVirtualAddress address)
    {
        TaskStruct task = scheduler.Current;
        if (semaphore.IsWrittenBy(task))
        {
            throw new DeadlockException(
                $"Deadlock: {task} waits in down_read() for rw_semaphore {semaphore}, held for writing by itself: {task}. Kernel code that runs under the lock of the address space touches user memory at {address}, "
                + "which is not there and faults. A driver's mmap, and open and close of its areas, must not call copy_to_user() and its kin");
        }

        if (semaphore.FirstWaiting is { } writer)
        {
            throw new DeadlockException(
                $"Deadlock: {task} waits in down_read() for rw_semaphore {semaphore}, behind {writer}, who waits for it in down_write(), held for reading by {task} itself. "
                + $"Kernel code that holds mmap_sem touches user memory at {address}, which is not there and faults");
        }
    }
}
