using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>open(2): what is wrong with the arguments comes before EMFILE, and that before any look at the tree.</summary>
internal readonly struct OpenCall(string path, OpenFlags flags, UnixFileMode mode) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (FileSystems.CheckOpen(path, flags) is { IsError: true } refused)
            return refused;
        if (process.Files.IsFull(process.Limits.Of(RlimitResource.OpenFiles)))
            return -Errno.EMFILE;
        OpenFlags forced = process.Kernel.Memory.Layout.Is64Bit ? OpenFlags.LargeFile : 0;
        int fd = process.Files.Reserve();
        try
        {
            KernelResult result = process.Kernel.FileSystems.Open(process.Fs, path, flags | forced, mode, out OpenFile? file);
            if (result.IsError)
                return result;
            process.Files.InstallAt(fd, file!, (flags & OpenFlags.CloseOnExec) != 0);
            return fd;
        }
        finally
        {
            process.Files.Unreserve(fd);
        }
    }

    public string Describe() => (flags & OpenFlags.Create) == 0
        ? $"open(\"{path}\", {Strace.Flags(flags)})"
        : $"open(\"{path}\", {Strace.Flags(flags)}, 0{Convert.ToString((int)mode, 8)})";
}

/// <summary>close(2).</summary>
internal readonly struct CloseCall(int fd) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Files.Close(fd);

    public string Describe() => $"close({fd})";
}

/// <summary>read(2).</summary>
internal readonly struct ReadCall(int fd, UserVirtualAddress buffer, ulong count) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        return held.File is { } file
            ? Vfs.FileCalls.Read(process.Kernel.VirtualMemory.UserAccess, file, buffer, count)
            : -Errno.EBADF;
    }

    public string Describe() => $"read({fd}, {buffer}, {count})";
}

/// <summary>write(2).</summary>
internal readonly struct WriteCall(int fd, UserVirtualAddress buffer, ulong count) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        return held.File is { } file
            ? Vfs.FileCalls.Write(process.Kernel.VirtualMemory.UserAccess, file, buffer, count)
            : -Errno.EBADF;
    }

    public string Describe() => $"write({fd}, {buffer}, {count})";
}

/// <summary>lseek(2).</summary>
internal readonly struct LseekCall(int fd, long offset, SeekWhence whence) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        return held.File is { } file
            ? Vfs.FileCalls.Llseek(file, offset, whence)
            : -Errno.EBADF;
    }

    public string Describe() => $"lseek({fd}, {offset}, {whence})";
}

/// <summary>ioctl(2).</summary>
internal readonly struct IoctlCall(int fd, uint command, ulong argument) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        return held.File is { } file
            ? IoctlCalls.Ioctl(process.Kernel.VirtualMemory.UserAccess, process.Mm, process.Files, fd, file, command, argument)
            : -Errno.EBADF;
    }

    public string Describe() => $"ioctl({fd}, 0x{command:x}, 0x{argument:x})";
}

/// <summary>pread64(2): the position is the call's own.</summary>
internal readonly struct PreadCall(int fd, UserVirtualAddress buffer, ulong count, long offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.CheckPosition(offset, FileModes.Pread) is { IsError: true } refused)
            return refused;
        long position = offset;
        return Vfs.FileCalls.Read(process.Kernel.VirtualMemory.UserAccess, held.File!, buffer, count, ref position);
    }

    public string Describe() => $"pread64({fd}, {buffer}, {count}, {offset})";
}

/// <summary>pwrite64(2): the position is the call's own; a file opened with O_APPEND is written at its end even so.</summary>
internal readonly struct PwriteCall(int fd, UserVirtualAddress buffer, ulong count, long offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.CheckPosition(offset, FileModes.Pwrite) is { IsError: true } refused)
            return refused;
        long position = offset;
        return Vfs.FileCalls.Write(process.Kernel.VirtualMemory.UserAccess, held.File!, buffer, count, ref position);
    }

    public string Describe() => $"pwrite64({fd}, {buffer}, {count}, {offset})";
}

/// <summary>ftruncate(2).</summary>
internal readonly struct FtruncateCall(int fd, long length) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (length < 0)
            return -Errno.EINVAL;
        using FileHold held = process.Files.Hold(fd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        if (file.Inode.Type != InodeType.Regular || (file.FMode & FileModes.Write) == 0)
            return -Errno.EINVAL;
        return file.Inode.IMapping is null ? 0 : process.Kernel.FileSystems.Regular.Truncate(file.Inode, length);
    }

    public string Describe() => $"ftruncate({fd}, {length})";
}

/// <summary>fsync(2).</summary>
internal readonly struct FsyncCall(int fd) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        return held.File is { } file
            ? Vfs.FileCalls.Fsync(file)
            : -Errno.EBADF;
    }

    public string Describe() => $"fsync({fd})";
}

/// <summary>sync(2).</summary>
internal readonly struct SyncCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        process.Kernel.FileSystems.Regular.Sync();
        return 0;
    }

    public string Describe() => "sync()";
}

/// <summary>fstat(2).</summary>
internal readonly struct FstatCall(int fd, StrongBox<FileStatus> status) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        status.Value = FileSystems.StatusOf(file.Inode);
        return 0;
    }

    public string Describe() => $"fstat({fd})";
}

/// <summary>getdents(2).</summary>
internal readonly struct GetdentsCall(int fd, StrongBox<IReadOnlyList<DirectoryEntry>> entries) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.HoldPosition(fd, process.Kernel.Context.Scheduler);
        if (held.File is not { } file)
            return -Errno.EBADF;
        KernelResult result = Vfs.FileCalls.ReadDirectory(file, out IReadOnlyList<DirectoryEntry> found);
        entries.Value = found;
        return result;
    }

    public string Describe() => $"getdents({fd})";
}

/// <summary>dup(2).</summary>
internal readonly struct DupCall(int fd) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        if (process.Files.IsFull(process.Limits.Of(RlimitResource.OpenFiles)))
            return -Errno.EMFILE;
        file.Get();
        return process.Files.Install(file, closeOnExec: false);
    }

    public string Describe() => $"dup({fd})";
}

/// <summary>dup2(2).</summary>
internal readonly struct Dup2Call(int oldFd, int newFd) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(oldFd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        if (oldFd == newFd)
            return newFd;
        if (newFd < 0 || (ulong)newFd >= process.Limits.Of(RlimitResource.OpenFiles))
            return -Errno.EBADF;
        if (process.Files.IsReserved(newFd))
            return -Errno.EBUSY;
        process.Files.Duplicate(file, newFd);
        return newFd;
    }

    public string Describe() => $"dup2({oldFd}, {newFd})";
}
