using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What of ioctl() the kernel does itself, before a driver hears of it.</summary>
/// <remarks>Source: <c>do_vfs_ioctl</c>, fs/ioctl.c; ioctl(2).</remarks>
internal static class IoctlCalls
{
    public const uint Fionread = 0x541B, Fionbio = 0x5421, Fioasync = 0x5452, Fionclex = 0x5450, Fioclex = 0x5451, Fioqsize = 0x5460;

    /// <summary>The kernel's own commands have this in their second byte, so that others cost one comparison.</summary>
    private const uint Magic = 0x54;

    /// <summary><c>sys_ioctl</c>: the kernel's own commands, then the driver's.</summary>
    public static KernelResult Ioctl(UserAccess access, MmStruct mm, FileTable files, int fd, OpenFile file, uint command, ulong argument)
    {
        if (command >> 8 != Magic)
            return FileCalls.Ioctl(file, command, argument);
        var pointer = new UserVirtualAddress(argument);
        switch (command)
        {
            case Fioclex or Fionclex:
                files.SetCloseOnExec(fd, command == Fioclex);
                return 0;
            case Fionbio:
                if (access.Get(mm, out int on, pointer).IsError)
                    return -Errno.EFAULT;
                file.FFlags = on != 0 ? file.FFlags | OpenFlags.NonBlock : file.FFlags & ~OpenFlags.NonBlock;
                return 0;
            case Fioasync:
                if (access.Get(mm, out int signals, pointer).IsError)
                    return -Errno.EFAULT;
                return file.FOp.Fasync is null ? -Errno.ENOTTY : SetAsync(file, fd, signals != 0);
            case Fionread when file.Inode.Type == InodeType.Regular:
                return access.Put(mm, (int)(file.Inode.ISize - file.FPos), pointer);
            case Fioqsize:
                const long SectorSize = 512;
                return file.Inode.Type is not (InodeType.Regular or InodeType.Directory) ? -Errno.ENOTTY : access.Put(mm, FileSystems.StatusOf(file.Inode).StBlocks * SectorSize, pointer);
            default:
                return FileCalls.Ioctl(file, command, argument);
        }
    }

    /// <summary>Turns O_ASYNC on or off: the driver is told when it changes.</summary>
    /// <returns>0, or what the driver's fasync returns.</returns>
    public static KernelResult SetAsync(OpenFile file, int fd, bool on)
    {
        if ((file.FFlags & OpenFlags.Async) != 0 == on)
            return 0;
        if (file.FOp.Fasync is { } fasync && fasync(fd, file, on) is { IsError: true } error)
            return error;
        file.FFlags = on ? file.FFlags | OpenFlags.Async : file.FFlags & ~OpenFlags.Async;
        return 0;
    }
}
