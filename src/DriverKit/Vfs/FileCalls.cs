using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What the kernel checks before a file's own operation runs, in the kernel's order.</summary>
/// <remarks>Source: fs/read_write.c, fs/ioctl.c; read(2), write(2), lseek(2), ioctl(2).</remarks>
internal static class FileCalls
{
    /// <summary><c>MAX_RW_COUNT</c>: the most one call transfers.</summary>
    private const ulong MaxCount = 0x7ffff000;

    /// <summary><c>vfs_read</c>: EBADF, EISDIR, EINVAL without a method, EFAULT, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Read(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count)
    {
        if ((file.FMode & FileModes.Read) == 0)
            return -Errno.EBADF;
        if (file.Inode.Type == InodeType.Directory)
            return -Errno.EISDIR;
        if (file.FOp.Read is not { } read)
            return -Errno.EINVAL;
        if (Verify(access, file, buffer, count) is { IsError: true } error)
            return error;
        long position = file.FPos;
        KernelResult result = read(file, buffer, Math.Min(count, MaxCount), ref position);
        file.FPos = position;
        return result;
    }

    /// <summary><c>vfs_write</c>: EBADF, EINVAL without a method, EFAULT, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Write(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count)
    {
        if ((file.FMode & FileModes.Write) == 0)
            return -Errno.EBADF;
        if (file.FOp.Write is not { } write)
            return -Errno.EINVAL;
        if (Verify(access, file, buffer, count) is { IsError: true } error)
            return error;
        long position = file.FPos;
        KernelResult result = write(file, buffer, Math.Min(count, MaxCount), ref position);
        file.FPos = position;
        return result;
    }

    /// <summary><c>vfs_llseek</c>: EINVAL for an unknown origin, ESPIPE for what cannot seek, then the driver or <c>default_llseek</c>.</summary>
    public static KernelResult Llseek(OpenFile file, long offset, SeekWhence whence)
    {
        if (whence is < SeekWhence.Set or > SeekWhence.End)
            return -Errno.EINVAL;
        if ((file.FMode & FileModes.Lseek) == 0)
            return -Errno.ESPIPE;
        return file.FOp.Llseek is { } llseek ? llseek(file, offset, whence) : DefaultLlseek(file, offset, whence);
    }

    /// <summary><c>vfs_ioctl</c>: ENOTTY without a method and for -ENOIOCTLCMD.</summary>
    public static KernelResult Ioctl(OpenFile file, uint command, ulong argument)
    {
        if (file.FOp.Ioctl is not { } ioctl)
            return -Errno.ENOTTY;
        KernelResult result = ioctl(file.Inode, file, command, argument);
        return result.Errno == Errno.ENOIOCTLCMD ? -Errno.ENOTTY : result;
    }

    private static KernelResult Verify(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count)
    {
        if (!access.AccessOk(buffer, count))
            return -Errno.EFAULT;
        if (access.IsNegative(count))
            return -Errno.EINVAL;
        return file.FPos < 0 || file.FPos > long.MaxValue - (long)Math.Min(count, MaxCount) ? -Errno.EINVAL : 0;
    }

    private static KernelResult DefaultLlseek(OpenFile file, long offset, SeekWhence whence)
    {
        long origin = whence switch
        {
            SeekWhence.Current => file.FPos,
            SeekWhence.End => file.Inode.ISize,
            _ => 0,
        };
        long position = unchecked(origin + offset);
        if (position < 0)
            return -Errno.EINVAL;
        file.FPos = position;
        return position;
    }
}
