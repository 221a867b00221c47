using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>select(2) with sets and a <c>struct timeval</c> in the process's memory; address 0: none.</summary>
internal readonly struct SelectCall(
    int nfds, UserVirtualAddress readfds, UserVirtualAddress writefds, UserVirtualAddress exceptfds, UserVirtualAddress timeout) : ISystemCall
{
    private const long NanosecondsPerSecond = 1_000_000_000, NanosecondsPerMicrosecond = 1000, MicrosecondsPerSecond = 1_000_000;

    public KernelResult Execute(UserProcess process)
    {
        Scheduler scheduler = process.Kernel.Context.Scheduler;
        UserAccess access = process.Kernel.VirtualMemory.UserAccess;
        ulong deadline = Polling.Forever;
        if (timeout != default)
        {
            if (ReadTimeval(process, access, out long seconds, out long microseconds).IsError)
                return -Errno.EFAULT;
            seconds = unchecked(seconds + microseconds / MicrosecondsPerSecond);
            microseconds %= MicrosecondsPerSecond;
            if (seconds < 0 || microseconds < 0)
                return -Errno.EINVAL;
            if (seconds < long.MaxValue / NanosecondsPerSecond)
                deadline = scheduler.Clock.Now + (ulong)(seconds * NanosecondsPerSecond + microseconds * NanosecondsPerMicrosecond);
        }

        KernelResult result = Select(process, access, scheduler, deadline);

        // What is left of the time, as Linux does; a bad address is not worth an error any more.
        if (timeout != default)
        {
            ulong left = deadline > scheduler.Clock.Now ? deadline - scheduler.Clock.Now : 0;
            WriteTimeval(process, access, (long)(left / NanosecondsPerSecond), (long)(left % NanosecondsPerSecond) / NanosecondsPerMicrosecond);
        }

        return result;
    }

    public string Describe() => $"select({nfds}, {readfds}, {writefds}, {exceptfds}, {timeout})";

    /// <summary><c>core_sys_select</c>: the sets come in, and go out again unless it fails.</summary>
    private KernelResult Select(UserProcess process, UserAccess access, Scheduler scheduler, ulong deadline)
    {
        if (nfds < 0)
            return -Errno.EINVAL;
        int word = process.Mm.Layout.Is64Bit ? sizeof(ulong) : sizeof(uint);
        int count = Math.Min(nfds, process.Files.MaxFds(word * 8));
        int bytes = (count + word * 8 - 1) / (word * 8) * word;
        byte[] sets = new byte[bytes * 6];
        for (int i = 0; i < 3; i++)
        {
            if (AddressOf(i) != default && access.CopyFrom(process.Mm, sets.AsSpan(i * bytes, bytes), AddressOf(i)) != 0)
                return -Errno.EFAULT;
        }

        var scan = new FdSets(process.Files, sets, bytes, count);
        if (scan.HasBadDescriptor())
            return -Errno.EBADF;
        KernelResult result = Polling.Wait(scheduler, ref scan, deadline);
        for (int i = 0; i < 3 && result.IsSuccess; i++)
        {
            if (AddressOf(i) != default && access.CopyTo(process.Mm, AddressOf(i), sets.AsSpan((i + 3) * bytes, bytes)) != 0)
                return -Errno.EFAULT;
        }

        return result;
    }

    private UserVirtualAddress AddressOf(int set) => set switch
    {
        0 => readfds,
        1 => writefds,
        _ => exceptfds,
    };

    private KernelResult ReadTimeval(UserProcess process, UserAccess access, out long seconds, out long microseconds)
    {
        if (process.Mm.Layout.Is64Bit)
        {
            microseconds = 0;
            return access.Get(process.Mm, out seconds, timeout) is { IsError: true } error ? error : access.Get(process.Mm, out microseconds, timeout + sizeof(long));
        }

        KernelResult first = access.Get(process.Mm, out int shortSeconds, timeout), second = access.Get(process.Mm, out int shortMicroseconds, timeout + sizeof(int));
        (seconds, microseconds) = (shortSeconds, shortMicroseconds);
        return first.IsError ? first : second;
    }

    private void WriteTimeval(UserProcess process, UserAccess access, long seconds, long microseconds)
    {
        if (process.Mm.Layout.Is64Bit)
        {
            if (access.Put(process.Mm, seconds, timeout).IsSuccess)
                _ = access.Put(process.Mm, microseconds, timeout + sizeof(long));
        }
        else if (access.Put(process.Mm, (int)Math.Min(seconds, int.MaxValue), timeout).IsSuccess)
        {
            _ = access.Put(process.Mm, (int)microseconds, timeout + sizeof(int));
        }
    }
}

/// <summary><c>fd_set_bits</c>: three bitmaps of what is asked, one behind the other, and three of what is found.</summary>
internal readonly struct FdSets(FileTable files, byte[] sets, int bytes, int count) : IPollScan
{
    private const PollEvents Readable = PollEvents.RdNorm | PollEvents.RdBand | PollEvents.In | PollEvents.Hup | PollEvents.Err | PollEvents.Nval;
    private const PollEvents Writable = PollEvents.WrBand | PollEvents.WrNorm | PollEvents.Out | PollEvents.Err | PollEvents.Nval;
    private const PollEvents Exceptional = PollEvents.Pri | PollEvents.Nval;

    /// <summary><c>max_select_fd</c>: a set names a descriptor that is not open.</summary>
    public bool HasBadDescriptor()
    {
        for (int fd = 0; fd < count; fd++)
        {
            if (Wanted(fd) != 0 && files.Get(fd) is null)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public int Scan(PollWaits? table)
    {
        int ready = 0;
        sets.AsSpan(bytes * 3).Clear();
        for (int fd = 0; fd < count; fd++)
        {
            int wanted = Wanted(fd);
            if (wanted == 0)
                continue;
            if (table is not null)
                table.Key = EventsOf(wanted) | PollEvents.Err | PollEvents.Hup;
            PollEvents found = Ask(fd, table);
            for (int set = 0; set < 3; set++)
            {
                if ((wanted & (1 << set)) == 0 || (found & EventsOf(1 << set)) == 0)
                    continue;
                sets[(set + 3) * bytes + fd / 8] |= (byte)(1 << fd % 8);
                ready++;
                table = null;
            }
        }

        return ready;
    }

    private PollEvents Ask(int fd, PollWaits? table)
    {
        using FileHold held = files.Hold(fd);
        return held.File is { } file ? Polling.Ask(file, table) : PollEvents.Nval;
    }

    private static PollEvents EventsOf(int wanted) =>
        ((wanted & 1) != 0 ? Readable : 0) | ((wanted & 2) != 0 ? Writable : 0) | ((wanted & 4) != 0 ? Exceptional : 0);

    /// <summary>A bit for each set that names the descriptor.</summary>
    private int Wanted(int fd)
    {
        int wanted = 0;
        for (int set = 0; set < 3; set++)
            wanted |= (sets[set * bytes + fd / 8] >> fd % 8 & 1) << set;
        return wanted;
    }
}
