using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/fs.h</c>: character device numbers, and operations for drivers that need none of their own. Process context.</summary>
/// <remarks>Source: fs/char_dev.c, fs/open.c and fs/read_write.c of Linux 2.6.20.</remarks>
public static class LinuxFs
{
    /// <summary><c>register_chrdev_region(from, count, name)</c>: claims known numbers.</summary>
    /// <returns>0; -EBUSY when one is taken; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult RegisterChrdevRegion(DeviceNumber from, uint count, string name) =>
        Kernel.Current("register_chrdev_region").CharDevices.RegisterRegion(from, count, name);

    /// <summary><c>alloc_chrdev_region(dev, baseminor, count, name)</c>: claims numbers of a free major, 254 downwards.</summary>
    /// <returns>0; -EBUSY when no major is free; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult AllocChrdevRegion(out DeviceNumber device, uint baseMinor, uint count, string name) =>
        Kernel.Current("alloc_chrdev_region").CharDevices.AllocateRegion(out device, baseMinor, count, name);

    /// <summary><c>unregister_chrdev_region(from, count)</c>: gives them back. A range that is not registered is logged.</summary>
    [MightSleep]
    public static void UnregisterChrdevRegion(DeviceNumber from, uint count) =>
        Kernel.Current("unregister_chrdev_region").CharDevices.UnregisterRegion(from, count);

    /// <summary><c>nonseekable_open(inode, filp)</c>: for a device that is a stream: afterwards lseek(), pread() and pwrite() are ESPIPE. An
    /// <see cref="FileOperations.Open"/> of its own, or called by the driver's. Does not sleep.</summary>
    /// <returns>0.</returns>
    public static KernelResult NonseekableOpen(Inode inode, OpenFile filp)
    {
        filp.FMode &= ~(FileModes.Lseek | FileModes.Pread | FileModes.Pwrite);
        return 0;
    }

    /// <summary><c>no_llseek(filp, offset, origin)</c>: a <see cref="FileOperations.Llseek"/> that refuses. pread() and pwrite() need <see cref="NonseekableOpen"/>. Does not sleep.</summary>
    /// <returns>-ESPIPE.</returns>
    public static KernelResult NoLlseek(OpenFile filp, long offset, SeekWhence whence) => -Errno.ESPIPE;

    /// <summary><c>default_llseek(filp, offset, origin)</c>: moves the position; SEEK_END counts from <see cref="Inode.ISize"/>. What a driver without llseek gets. Does not sleep.</summary>
    /// <returns>The new position; -EINVAL for a negative one.</returns>
    public static KernelResult DefaultLlseek(OpenFile filp, long offset, SeekWhence whence) => Vfs.FileCalls.DefaultLlseek(filp, offset, whence);

    /// <summary><c>generic_file_llseek(filp, offset, origin)</c>: as <see cref="DefaultLlseek"/>, up to the largest size a file can have. Does not sleep.</summary>
    /// <returns>The new position; -EINVAL for one that is negative or too large.</returns>
    public static KernelResult GenericFileLlseek(OpenFile filp, long offset, SeekWhence whence) => Vfs.FileCalls.GenericFileLlseek(filp, offset, whence);

    /// <summary><c>iminor(inode)</c>. Every context.</summary>
    public static uint Iminor(Inode inode) => inode.Minor;

    /// <summary><c>imajor(inode)</c>. Every context.</summary>
    public static uint Imajor(Inode inode) => inode.Major;
}
