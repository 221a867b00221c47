using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>readv(2).</summary>
internal readonly struct ReadvCall(int fd, UserVirtualAddress iov, ulong count) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        if (held.File is not { } file)
            return -Errno.EBADF;
        long position = file.FPos;
        KernelResult result = Vfs.VectorCalls.Read(process.Kernel.VirtualMemory.UserAccess, process.Mm, file, iov, count, ref position);
        file.FPos = position;
        return result;
    }

    public string Describe() => $"readv({fd}, {iov}, {count})";
}

/// <summary>writev(2).</summary>
internal readonly struct WritevCall(int fd, UserVirtualAddress iov, ulong count) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        if (held.File is not { } file)
            return -Errno.EBADF;
        long position = file.FPos;
        KernelResult result = Vfs.VectorCalls.Write(process.Kernel.VirtualMemory.UserAccess, process.Mm, file, iov, count, ref position);
        file.FPos = position;
        return result;
    }

    public string Describe() => $"writev({fd}, {iov}, {count})";
}

/// <summary>preadv(2): the position is the call's own.</summary>
internal readonly struct PreadvCall(int fd, UserVirtualAddress iov, ulong count, long offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.CheckPosition(offset, FileModes.Pread) is { IsError: true } refused)
            return refused;
        long position = offset;
        return Vfs.VectorCalls.Read(process.Kernel.VirtualMemory.UserAccess, process.Mm, held.File!, iov, count, ref position);
    }

    public string Describe() => $"preadv({fd}, {iov}, {count}, {offset})";
}

/// <summary>pwritev(2): the position is the call's own; a file opened with O_APPEND is written at its end even so.</summary>
internal readonly struct PwritevCall(int fd, UserVirtualAddress iov, ulong count, long offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.CheckPosition(offset, FileModes.Pwrite) is { IsError: true } refused)
            return refused;
        long position = offset;
        return Vfs.VectorCalls.Write(process.Kernel.VirtualMemory.UserAccess, process.Mm, held.File!, iov, count, ref position);
    }

    public string Describe() => $"pwritev({fd}, {iov}, {count}, {offset})";
}
