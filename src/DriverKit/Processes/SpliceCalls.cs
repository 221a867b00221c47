using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>splice(2) with offsets in the process's memory; address 0: the file's position.</summary>
internal readonly struct SpliceCall(
    int fdIn, UserVirtualAddress offIn, int fdOut, UserVirtualAddress offOut, ulong length, SpliceFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (SpliceRules.IsMissing(process))
            return -Errno.ENOSYS;
        if (length == 0)
            return 0;
        if ((flags & ~Splicer.AllFlags) != 0)
            return -Errno.EINVAL;
        using FileHold from = process.Files.Hold(fdIn), to = process.Files.Hold(fdOut);
        if (from.File is not { } input || to.File is not { } output)
            return -Errno.EBADF;
        if ((PipeFiles.Of(input) is not null && offIn != default) || (PipeFiles.Of(output) is not null && offOut != default))
            return -Errno.ESPIPE;
        UserAccess access = process.Kernel.VirtualMemory.UserAccess;
        long? @in = null, @out = null;
        if (!Fetch(process, access, offOut, ref @out) || !Fetch(process, access, offIn, ref @in))
            return -Errno.EFAULT;
        KernelResult result = process.Kernel.FileSystems.Splicer.Splice(input, ref @in, output, ref @out, length, flags);
        if (result.IsError)
            return result;
        return Store(process, access, offOut, @out) && Store(process, access, offIn, @in) ? result : -Errno.EFAULT;
    }

    public string Describe() => $"splice({fdIn}, {offIn}, {fdOut}, {offOut}, {length}, {Strace.Flags(flags)})";

    private static bool Fetch(UserProcess process, UserAccess access, UserVirtualAddress address, ref long? offset)
    {
        if (address == default)
            return true;
        bool isRead = access.Get(process.Mm, out long value, address).IsSuccess;
        offset = value;
        return isRead;
    }

    private static bool Store(UserProcess process, UserAccess access, UserVirtualAddress address, long? offset) =>
        offset is not { } value || access.Put(process.Mm, value, address).IsSuccess;
}

/// <summary>tee(2).</summary>
internal readonly struct TeeCall(int fdIn, int fdOut, ulong length, SpliceFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (SpliceRules.IsMissing(process))
            return -Errno.ENOSYS;
        if ((flags & ~Splicer.AllFlags) != 0)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        using FileHold from = process.Files.Hold(fdIn), to = process.Files.Hold(fdOut);
        return from.File is { } input && to.File is { } output
            ? process.Kernel.FileSystems.Splicer.Tee(input, output, length, flags)
            : -Errno.EBADF;
    }

    public string Describe() => $"tee({fdIn}, {fdOut}, {length}, {Strace.Flags(flags)})";
}

/// <summary>vmsplice(2).</summary>
internal readonly struct VmspliceCall(int fd, UserVirtualAddress iov, ulong count, SpliceFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (SpliceRules.IsMissing(process))
            return -Errno.ENOSYS;
        if ((flags & ~Splicer.AllFlags) != 0)
            return -Errno.EINVAL;
        using FileHold held = process.Files.Hold(fd);
        return held.File is { } file ? process.Kernel.FileSystems.UserSplices.Splice(file, iov, count, flags) : -Errno.EBADF;
    }

    public string Describe() => $"vmsplice({fd}, {iov}, {count}, {Strace.Flags(flags)})";
}

/// <summary>Whether the kernel of this era has the calls at all.</summary>
internal static class SpliceRules
{
    public static bool IsMissing(UserProcess process) => EraRules.SpliceIsMissing(process.Kernel.VirtualMemory.Era);
}
