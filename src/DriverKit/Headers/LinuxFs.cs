using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/fs.h</c>: character device numbers. Process context; may sleep.</summary>
/// <remarks>Source: fs/char_dev.c of Linux 2.6.20.</remarks>
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

    /// <summary><c>iminor(inode)</c>. Every context.</summary>
    public static uint Iminor(Inode inode) => inode.Minor;

    /// <summary><c>imajor(inode)</c>. Every context.</summary>
    public static uint Imajor(Inode inode) => inode.Major;
}
