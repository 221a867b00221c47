using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>open(2).</summary>
internal readonly struct OpenCall(string path, OpenFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (process.Files.IsFull)
            return -Errno.EMFILE;
        KernelResult result = process.Kernel.FileSystems.Open(path, flags, out OpenFile? file);
        return result.IsError ? result : process.Files.Install(file!);
    }

    public string Describe() => $"open(\"{path}\", {Strace.Flags(flags)})";
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
    public KernelResult Execute(UserProcess process) => process.Files.Get(fd) is { } file
        ? Vfs.FileCalls.Read(process.Kernel.VirtualMemory.UserAccess, file, buffer, count)
        : -Errno.EBADF;

    public string Describe() => $"read({fd}, {buffer}, {count})";
}

/// <summary>write(2).</summary>
internal readonly struct WriteCall(int fd, UserVirtualAddress buffer, ulong count) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Files.Get(fd) is { } file
        ? Vfs.FileCalls.Write(process.Kernel.VirtualMemory.UserAccess, file, buffer, count)
        : -Errno.EBADF;

    public string Describe() => $"write({fd}, {buffer}, {count})";
}

/// <summary>lseek(2).</summary>
internal readonly struct LseekCall(int fd, long offset, SeekWhence whence) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        process.Files.Get(fd) is { } file ? Vfs.FileCalls.Llseek(file, offset, whence) : -Errno.EBADF;

    public string Describe() => $"lseek({fd}, {offset}, {whence})";
}

/// <summary>ioctl(2).</summary>
internal readonly struct IoctlCall(int fd, uint command, ulong argument) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        process.Files.Get(fd) is { } file ? Vfs.FileCalls.Ioctl(file, command, argument) : -Errno.EBADF;

    public string Describe() => $"ioctl({fd}, 0x{command:x}, 0x{argument:x})";
}
