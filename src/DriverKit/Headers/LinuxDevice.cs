using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/device.h</c>: classes of devices, whose nodes appear in /dev. Process context; may sleep.</summary>
/// <remarks>Source: drivers/base/core.c and class.c of Linux 2.6.20, and what udev does about them.</remarks>
public static class LinuxDevice
{
    /// <summary><c>class_create(owner, name)</c>.</summary>
    [MightSleep]
    public static DeviceClass ClassCreate(KernelModule? owner, string name) => Kernel.Current("class_create").NewClass(name, owner);

    /// <summary><c>class_destroy(cls)</c>: its nodes go too.</summary>
    [MightSleep]
    public static void ClassDestroy(DeviceClass deviceClass)
    {
        _ = Kernel.Current("class_destroy");
        deviceClass.DestroyAll();
    }

    /// <summary><c>device_create(cls, parent, devt, name)</c>: the node /dev/name.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult DeviceCreate(DeviceClass deviceClass, DeviceNumber device, string name)
    {
        _ = Kernel.Current("device_create");
        return deviceClass.Create(device, name);
    }

    /// <summary><c>device_destroy(cls, devt)</c>: the node goes.</summary>
    [MightSleep]
    public static void DeviceDestroy(DeviceClass deviceClass, DeviceNumber device)
    {
        _ = Kernel.Current("device_destroy");
        deviceClass.Destroy(device);
    }
}
