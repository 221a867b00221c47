using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/device.h</c>: classes of devices, whose nodes appear in /dev and whose values appear in /sys/class. Process context; may sleep.</summary>
/// <remarks>Source: drivers/base/core.c and class.c of Linux 2.6.20, and what udev does about them.</remarks>
public static class LinuxDevice
{
    /// <summary><c>class_create(owner, name)</c>: the directory /sys/class/name.</summary>
    /// <returns>The class; null, where C has an error pointer, when there is one of that name, or for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    [return: AllocatesWith(Allocator.DeviceClass)]
    public static DeviceClass? ClassCreate(KernelModule? owner, string name) => Kernel.Current("class_create").NewClass(name, owner);

    /// <summary><c>class_destroy(cls)</c>: its devices and their nodes go too.</summary>
    [MightSleep]
    public static void ClassDestroy(
        [FreesWith(Allocator.DeviceClass), FreesWith(Allocator.ClassFile), FreesWith(Allocator.Device), FreesWith(Allocator.DeviceFile)] DeviceClass deviceClass)
    {
        _ = Kernel.Current("class_destroy");
        deviceClass.DestroyAll();
    }

    /// <summary><c>device_create(cls, parent, devt, name)</c>: the node /dev/name and the directory /sys/class/CLASS/name.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult DeviceCreate(
        DeviceClass deviceClass,
        [AllocatesWith(Allocator.Device, KeyParameter = nameof(deviceClass))] DeviceNumber number,
        string name) => DeviceCreate(deviceClass, number, name, out _);

    /// <summary><c>device_create(cls, parent, devt, name)</c>: the node /dev/name and the directory /sys/class/CLASS/name.</summary>
    /// <param name="deviceClass">The class.</param>
    /// <param name="number">The number of the device.</param>
    /// <param name="name">Its name.</param>
    /// <param name="device">The device, for device_create_file(); null unless it worked.</param>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult DeviceCreate(
        DeviceClass deviceClass,
        [AllocatesWith(Allocator.Device, KeyParameter = nameof(deviceClass))] DeviceNumber number,
        string name,
        out Device? device)
    {
        _ = Kernel.Current("device_create");
        return deviceClass.Create(number, name, out device);
    }

    /// <summary><c>device_destroy(cls, devt)</c>: node and directory go.</summary>
    [MightSleep]
    public static void DeviceDestroy(
        DeviceClass deviceClass,
        [FreesWith(Allocator.Device, KeyParameter = nameof(deviceClass)), FreesWith(Allocator.DeviceFile)] DeviceNumber number)
    {
        _ = Kernel.Current("device_destroy");
        _ = deviceClass.Destroy(number);
    }

    /// <summary><c>class_device_create(cls, parent, devt, device, name)</c>: the older name of <see cref="DeviceCreate(DeviceClass, DeviceNumber, string, out Device?)"/>.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult ClassDeviceCreate(
        DeviceClass deviceClass,
        [AllocatesWith(Allocator.Device, KeyParameter = nameof(deviceClass))] DeviceNumber number,
        string name,
        out Device? device)
    {
        _ = Kernel.Current("class_device_create");
        return deviceClass.Create(number, name, out device);
    }

    /// <summary><c>class_device_destroy(cls, devt)</c>: the older name of <see cref="DeviceDestroy"/>.</summary>
    [MightSleep]
    public static void ClassDeviceDestroy(
        DeviceClass deviceClass,
        [FreesWith(Allocator.Device, KeyParameter = nameof(deviceClass)), FreesWith(Allocator.DeviceFile)] DeviceNumber number) => DeviceDestroy(deviceClass, number);

    /// <summary><c>device_create_file(dev, attr)</c>: a value of the device, as a file in its directory.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult DeviceCreateFile(
        Device device,
        [AllocatesWith(Allocator.DeviceFile, KeyParameter = nameof(device))] DeviceAttribute attribute)
    {
        _ = Kernel.Current("device_create_file");
        return device.Class.CreateFile(device, attribute);
    }

    /// <summary><c>device_remove_file(dev, attr)</c>: who has it open gets ENODEV. What is not there is left alone.</summary>
    [MightSleep]
    public static void DeviceRemoveFile(Device device, [FreesWith(Allocator.DeviceFile, KeyParameter = nameof(device))] DeviceAttribute attribute)
    {
        _ = Kernel.Current("device_remove_file");
        Sysfs.RemoveFile(device.Directory, attribute.Name);
    }

    /// <summary><c>class_device_create_file(dev, attr)</c>: the older name of <see cref="DeviceCreateFile"/>.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult ClassDeviceCreateFile(
        Device device,
        [AllocatesWith(Allocator.DeviceFile, KeyParameter = nameof(device))] DeviceAttribute attribute) => DeviceCreateFile(device, attribute);

    /// <summary><c>class_device_remove_file(dev, attr)</c>: the older name of <see cref="DeviceRemoveFile"/>.</summary>
    [MightSleep]
    public static void ClassDeviceRemoveFile(
        Device device,
        [FreesWith(Allocator.DeviceFile, KeyParameter = nameof(device))] DeviceAttribute attribute) => DeviceRemoveFile(device, attribute);

    /// <summary><c>class_create_file(cls, attr)</c>: a value of the class, as a file in /sys/class/CLASS.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult ClassCreateFile(
        DeviceClass deviceClass,
        [AllocatesWith(Allocator.ClassFile, KeyParameter = nameof(deviceClass))] ClassAttribute attribute)
    {
        _ = Kernel.Current("class_create_file");
        return deviceClass.CreateFile(attribute);
    }

    /// <summary><c>class_remove_file(cls, attr)</c>: who has it open gets ENODEV. What is not there is left alone.</summary>
    [MightSleep]
    public static void ClassRemoveFile(
        DeviceClass deviceClass,
        [FreesWith(Allocator.ClassFile, KeyParameter = nameof(deviceClass))] ClassAttribute attribute)
    {
        _ = Kernel.Current("class_remove_file");
        deviceClass.RemoveFile(attribute);
    }
}
