using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>What fcntl() shall do (<c>F_*</c>, <c>asm/fcntl.h</c>).</summary>
public enum FcntlCommand
{
    /// <summary><c>F_DUPFD</c>: another descriptor for the same opening, the lowest that is free from the argument on.</summary>
    DupFd = 0,

    /// <summary><c>F_GETFD</c>: 1 (FD_CLOEXEC) when execve() closes the descriptor, else 0.</summary>
    GetFd = 1,

    /// <summary><c>F_SETFD</c>: sets that from bit 0 of the argument.</summary>
    SetFd = 2,

    /// <summary><c>F_GETFL</c>: the <see cref="OpenFlags"/> of the opening.</summary>
    GetFl = 3,

    /// <summary><c>F_SETFL</c>: sets O_APPEND, O_NONBLOCK and O_ASYNC from the argument; the other flags stay as they are.</summary>
    SetFl = 4,

    /// <summary><c>F_SETOWN</c>: the process that gets SIGIO for a file with O_ASYNC; 0: nobody.</summary>
    SetOwn = 8,

    /// <summary><c>F_GETOWN</c>.</summary>
    GetOwn = 9,

    /// <summary><c>F_SETSIG</c>: another signal than SIGIO, which then tells the descriptor; 0: SIGIO.</summary>
    SetSig = 10,

    /// <summary><c>F_GETSIG</c>.</summary>
    GetSig = 11,

    /// <summary><c>F_DUPFD_CLOEXEC</c>: as <see cref="DupFd"/>, and execve() closes it.</summary>
    DupFdCloexec = 1030,

    /// <summary><c>F_SETPIPE_SZ</c>: room in a pipe for the argument's bytes, rounded up to a power of two of pages.</summary>
    SetPipeSize = 1031,

    /// <summary><c>F_GETPIPE_SZ</c>: the bytes a pipe has room for.</summary>
    GetPipeSize = 1032,
}

/// <summary>dup3(2).</summary>
internal readonly struct Dup3Call(int oldFd, int newFd, OpenFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if ((flags & ~OpenFlags.CloseOnExec) != 0 || oldFd == newFd)
            return -Errno.EINVAL;
        if (newFd < 0 || (ulong)newFd >= process.Limits.Of(RlimitResource.OpenFiles))
            return -Errno.EBADF;
        using FileHold held = process.Files.Hold(oldFd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        if (process.Files.IsReserved(newFd))
            return -Errno.EBUSY;
        process.Files.Duplicate(file, newFd, (flags & OpenFlags.CloseOnExec) != 0);
        return newFd;
    }

    public string Describe() => $"dup3({oldFd}, {newFd}, {(flags == 0 ? "0" : Strace.Flags(flags))})";
}

/// <summary>fcntl(2).</summary>
internal readonly struct FcntlCall(int fd, FcntlCommand command, long argument) : ISystemCall
{
    private const long CloseOnExec = 1;

    /// <summary><c>SETFL_MASK</c>: the flags that may change while the file is open.</summary>
    private const OpenFlags Settable = OpenFlags.Append | OpenFlags.NonBlock;

    public KernelResult Execute(UserProcess process)
    {
        using FileHold held = process.Files.Hold(fd);
        if (held.File is not { } file)
            return -Errno.EBADF;
        switch (command)
        {
            case FcntlCommand.DupFd or FcntlCommand.DupFdCloexec:
                return Duplicate(process, file);
            case FcntlCommand.GetFd:
                return process.Files.IsCloseOnExec(fd) ? CloseOnExec : 0;
            case FcntlCommand.SetFd:
                process.Files.SetCloseOnExec(fd, (argument & CloseOnExec) != 0);
                return 0;
            case FcntlCommand.GetFl:
                return (int)file.FFlags;
            case FcntlCommand.SetFl:
                if (IoctlCalls.SetAsync(file, fd, ((OpenFlags)argument & OpenFlags.Async) != 0) is { IsError: true } refused)
                    return refused;
                file.FFlags = (file.FFlags & ~Settable) | ((OpenFlags)argument & Settable);
                return 0;
            case FcntlCommand.SetOwn:
                if (argument != 0 && process.Kernel.FindLeader((int)argument) is null)
                    return -Errno.ESRCH;
                file.FOwner = file.FOwner with { Pid = (int)argument };
                return 0;
            case FcntlCommand.GetOwn:
                return file.FOwner.Pid;
            case FcntlCommand.SetSig:
                if (argument != 0 && !SignalSet.IsValid((Signal)argument))
                    return -Errno.EINVAL;
                file.FOwner = file.FOwner with { Signum = (int)argument };
                return 0;
            case FcntlCommand.GetSig:
                return file.FOwner.Signum;
            case FcntlCommand.SetPipeSize:
                return PipeFiles.Of(file)?.Resize((uint)argument) ?? -Errno.EBADF;
            case FcntlCommand.GetPipeSize:
                return PipeFiles.Of(file)?.Size ?? -Errno.EBADF;
            default:
                return -Errno.EINVAL;
        }
    }

    public string Describe() => $"fcntl({fd}, {command}, 0x{argument:x})";

    /// <summary><c>f_dupfd</c>.</summary>
    private KernelResult Duplicate(UserProcess process, OpenFile file)
    {
        ulong limit = process.Limits.Of(RlimitResource.OpenFiles);
        uint from = (uint)argument;
        if (from >= limit)
            return -Errno.EINVAL;
        int copy = process.Files.LowestFree((int)from);
        if ((ulong)copy >= limit)
            return -Errno.EMFILE;
        process.Files.Duplicate(file, copy, command == FcntlCommand.DupFdCloexec);
        return copy;
    }
}
