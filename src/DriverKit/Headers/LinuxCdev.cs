using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/cdev.h</c>: character devices. Process context; may sleep.</summary>
/// <remarks>Source: fs/char_dev.c of Linux 2.6.20.</remarks>
public static class LinuxCdev
{
    /// <summary><c>cdev_alloc()</c>.</summary>
    public static Cdev CdevAlloc() => new();

    /// <summary><c>cdev_init(cdev, fops)</c>.</summary>
    public static void CdevInit(Cdev cdev, FileOperations fops) => cdev.Ops = fops;

    /// <summary><c>cdev_add(cdev, dev, count)</c>: makes the device live at once, so it must be ready.</summary>
    /// <returns>0; -EINVAL without operations or numbers; -EBUSY when it is added already.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult CdevAdd([AllocatesWith(Allocator.Cdev)] Cdev cdev, DeviceNumber device, uint count) =>
        Kernel.Current("cdev_add").CharDevices.Add(cdev, device, count);

    /// <summary><c>cdev_del(cdev)</c>: no new openings; open files live on.</summary>
    [MightSleep]
    public static void CdevDel([FreesWith(Allocator.Cdev)] Cdev cdev) => Kernel.Current("cdev_del").CharDevices.Delete(cdev);
}
