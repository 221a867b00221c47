using System.Buffers;
using System.Runtime.InteropServices;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>poll(2).</summary>
/// <remarks>It knows when it ends, so that it can be made again after a signal that no handler has seen.</remarks>
internal readonly struct PollCall(UserVirtualAddress fds, uint nfds, int timeout, ulong deadline) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => PollArray.Poll(process, fds, nfds, deadline);

    public string Describe() => $"poll({fds}, {nfds}, {timeout})";
}

/// <summary>ppoll(2) with the timeout as a value, and without a signal mask.</summary>
internal readonly struct PpollCall(UserVirtualAddress fds, uint nfds, TimeSpan? timeout, ulong deadline) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => timeout < TimeSpan.Zero ? -Errno.EINVAL : PollArray.Poll(process, fds, nfds, deadline);

    public string Describe() => $"ppoll({fds}, {nfds}, {timeout?.ToString() ?? "NULL"}, NULL)";
}

/// <summary>The array of poll(), in the kernel's hands.</summary>
internal readonly struct PollArray(FileTable files, Memory<PollFd> fds) : IPollScan
{
    private const PollEvents Always = PollEvents.Err | PollEvents.Hup;

    /// <summary><c>do_sys_poll</c>.</summary>
    /// <returns>How many are ready, 0 when the time is over; -EINVAL above RLIMIT_NOFILE, -EFAULT, -ERESTARTNOHAND.</returns>
    public static KernelResult Poll(UserProcess process, UserVirtualAddress address, uint count, ulong deadline)
    {
        if (count > process.Limits.Of(RlimitResource.OpenFiles))
            return -Errno.EINVAL;
        UserAccess access = process.Kernel.VirtualMemory.UserAccess;
        PollFd[] rented = ArrayPool<PollFd>.Shared.Rent((int)count);
        try
        {
            Memory<PollFd> fds = rented.AsMemory(0, (int)count);
            if (access.CopyFrom(process.Mm, MemoryMarshal.AsBytes(fds.Span), address) != 0)
                return -Errno.EFAULT;
            var scan = new PollArray(process.Files, fds);
            KernelResult result = Polling.Wait(process.Kernel.Context.Scheduler, ref scan, deadline);
            return CopyBack(process, access, fds.Span, address) ? result : -Errno.EFAULT;
        }
        finally
        {
            ArrayPool<PollFd>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public int Scan(PollWaits? table)
    {
        int ready = 0;
        foreach (ref PollFd fd in fds.Span)
        {
            fd.Revents = Look(fd, table);
            if (fd.Revents == 0)
                continue;
            ready++;
            table = null;
        }

        return ready;
    }

    /// <summary>Only the answers are written back: another thread may have changed what was asked.</summary>
    private static bool CopyBack(UserProcess process, UserAccess access, ReadOnlySpan<PollFd> fds, UserVirtualAddress address)
    {
        const ulong Size = 8, ReventsOffset = 6;
        for (int i = 0; i < fds.Length; i++)
        {
            if (access.Put(process.Mm, (ushort)fds[i].Revents, address + (ulong)i * Size + ReventsOffset).IsError)
                return false;
        }

        return true;
    }

    /// <summary><c>do_pollfd</c>.</summary>
    private PollEvents Look(in PollFd fd, PollWaits? table)
    {
        if (fd.Fd < 0)
            return 0;
        using FileHold held = files.Hold(fd.Fd);
        if (held.File is not { } file)
            return PollEvents.Nval;
        PollEvents filter = fd.Events | Always;
        if (table is not null)
            table.Key = filter;
        return Polling.Ask(file, table) & filter;
    }
}
