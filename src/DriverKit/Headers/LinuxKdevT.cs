using System.Diagnostics.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/kdev_t.h</c>: device numbers. Every context.</summary>
public static class LinuxKdevT
{
    /// <summary><c>MKDEV(ma, mi)</c>.</summary>
    [Pure]
    public static DeviceNumber Mkdev(uint major, uint minor) => new(major, minor);

    /// <summary><c>MAJOR(dev)</c>.</summary>
    [Pure]
    public static uint Major(DeviceNumber device) => device.Major;

    /// <summary><c>MINOR(dev)</c>.</summary>
    [Pure]
    public static uint Minor(DeviceNumber device) => device.Minor;
}
