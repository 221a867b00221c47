using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct fd</c>: an open file for the length of a system call. Dispose it when the call is over.</summary>
internal readonly ref struct FileHold
{
    private readonly bool _isCounted;
    private readonly KernelMutex.Held _position;

    public FileHold(OpenFile? file, bool isCounted)
    {
        File = file;
        _isCounted = isCounted;
    }

    private FileHold(OpenFile file, bool isCounted, KernelMutex.Held position)
    {
        File = file;
        _isCounted = isCounted;
        _position = position;
    }

    /// <summary>The file; null: the descriptor is not open.</summary>
    public OpenFile? File { get; }

    /// <summary>The same with the file's position locked; it sleeps while another call has it.</summary>
    public FileHold LockPosition(Scheduler scheduler)
    {
        try
        {
            var mutex = (KernelMutex)(File!.FPosLock ??= new KernelMutex("f_pos_lock"));
            scheduler.Point("fdget_pos", mutex);
            return new(File!, _isCounted, mutex.Hold(scheduler, "fdget_pos"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether a call with a position of its own (pread() and kin) may use the file.</summary>
    /// <param name="offset">The position.</param>
    /// <param name="mode">FMODE_PREAD or FMODE_PWRITE.</param>
    /// <returns>0; -EINVAL (a negative position), -EBADF, or -ESPIPE, in the kernel's order.</returns>
    public KernelResult CheckPosition(long offset, FileModes mode)
    {
        if (offset < 0)
            return -Errno.EINVAL;
        if (File is null)
            return -Errno.EBADF;
        return (File.FMode & mode) == 0 ? -Errno.ESPIPE : 0;
    }

    /// <summary><c>fdput</c>, <c>fdput_pos</c>: what was the last reference runs the file's release.</summary>
    public void Dispose()
    {
        _position.Dispose();
        if (_isCounted)
            File!.Put();
    }
}
