using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>What the kernel checks before a file's own operation runs, in the kernel's order.</summary>
/// <remarks>Source: fs/read_write.c, fs/ioctl.c; read(2), write(2), lseek(2), ioctl(2).</remarks>
internal static class FileCalls
{
    /// <summary><c>MAX_RW_COUNT</c>: the most one call transfers.</summary>
    public const ulong MaxCount = 0x7ffff000;

    /// <summary><c>vfs_read</c> at the file's position.</summary>
    public static KernelResult Read(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count)
    {
        long position = file.FPos;
        KernelResult result = Read(access, file, buffer, count, ref position);
        file.FPos = position;
        return result;
    }

    /// <summary><c>vfs_read</c>: EBADF, EISDIR, EINVAL without a method, EFAULT, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Read(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if ((file.FMode & FileModes.Read) == 0)
            return -Errno.EBADF;
        if (file.Inode.Type == InodeType.Directory)
            return -Errno.EISDIR;
        if (file.FOp.Read is null && file.FOp.AioRead is null)
            return -Errno.EINVAL;
        if (Verify(access, buffer, count, position) is { IsError: true } error)
            return error;
        count = Math.Min(count, MaxCount);
        return file.FOp.Read is { } read ? read(file, buffer, count, ref position) : SyncKiocb.Read(KernelContext.Current!.Scheduler, file, [new(buffer, count)], ref position);
    }

    /// <summary><c>vfs_write</c> at the file's position.</summary>
    public static KernelResult Write(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count)
    {
        long position = file.FPos;
        KernelResult result = Write(access, file, buffer, count, ref position);
        file.FPos = position;
        return result;
    }

    /// <summary><c>vfs_write</c>: EBADF, EINVAL without a method, EFAULT, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Write(UserAccess access, OpenFile file, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if ((file.FMode & FileModes.Write) == 0)
            return -Errno.EBADF;
        if (file.FOp.Write is null && file.FOp.AioWrite is null)
            return -Errno.EINVAL;
        if (Verify(access, buffer, count, position) is { IsError: true } error)
            return error;
        count = Math.Min(count, MaxCount);
        return file.FOp.Write is { } write ? write(file, buffer, count, ref position) : SyncKiocb.Write(KernelContext.Current!.Scheduler, file, [new(buffer, count)], ref position);
    }

    /// <summary><c>vfs_fsync</c>: EINVAL without a method; a directory has nothing to wait for.</summary>
    public static KernelResult Fsync(OpenFile file)
    {
        if (file.Inode.Type == InodeType.Directory)
            return 0;
        return file.FOp.Fsync is { } fsync ? fsync(file) : -Errno.EINVAL;
    }

    /// <summary><c>iterate_dir</c>: the entries from the position on.</summary>
    /// <returns>0, -ENOTDIR, -ENOENT for a directory that has been removed.</returns>
    public static KernelResult ReadDirectory(OpenFile file, out IReadOnlyList<DirectoryEntry> entries)
    {
        entries = [];
        if (file.FDentry is not DirectoryDentry directory)
            return -Errno.ENOTDIR;
        if (directory.IsUnlinked)
            return -Errno.ENOENT;
        long position = file.FPos;
        entries = directory.Read(ref position);
        file.FPos = position;
        return 0;
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

    /// <summary><c>vfs_ioctl</c>: <c>unlocked_ioctl</c> rather than <c>ioctl</c>; ENOTTY without either and for -ENOIOCTLCMD.</summary>
    public static KernelResult Ioctl(OpenFile file, uint command, ulong argument)
    {
        KernelResult result;
        if (file.FOp.UnlockedIoctl is { } unlocked)
            result = unlocked(file, command, argument);
        else if (file.FOp.Ioctl is { } ioctl)
            result = ioctl(file.Inode, file, command, argument);
        else
            return -Errno.ENOTTY;
        return result.Errno == Errno.ENOIOCTLCMD ? -Errno.ENOTTY : result;
    }

    /// <summary><c>default_llseek</c>.</summary>
    public static KernelResult DefaultLlseek(OpenFile file, long offset, SeekWhence whence)
    {
        long position = NewPosition(file, offset, whence);
        return position < 0 ? -Errno.EINVAL : file.FPos = position;
    }

    /// <summary><c>generic_file_llseek</c>: not beyond the largest file.</summary>
    public static KernelResult GenericFileLlseek(OpenFile file, long offset, SeekWhence whence)
    {
        long position = NewPosition(file, offset, whence);
        return position is < 0 or > RegularFiles.MaxBytes ? -Errno.EINVAL : file.FPos = position;
    }

    /// <summary>Where a seek leads; negative when it is out of range.</summary>
    private static long NewPosition(OpenFile file, long offset, SeekWhence whence)
    {
        long origin = whence switch
        {
            SeekWhence.Current => file.FPos,
            SeekWhence.End => file.Inode.ISize,
            _ => 0,
        };
        return unchecked(origin + offset);
    }

    private static KernelResult Verify(UserAccess access, UserVirtualAddress buffer, ulong count, long position)
    {
        if (!access.AccessOk(buffer, count))
            return -Errno.EFAULT;
        if (access.IsNegative(count))
            return -Errno.EINVAL;
        return position < 0 || position > long.MaxValue - (long)Math.Min(count, MaxCount) ? -Errno.EINVAL : 0;
    }
}
