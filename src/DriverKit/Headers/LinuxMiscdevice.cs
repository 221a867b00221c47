using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/miscdevice.h</c>: devices that share major 10 and get their node by themselves. Process context; may sleep.</summary>
/// <remarks>Source: drivers/char/misc.c of Linux 2.6.20.</remarks>
public static class LinuxMiscdevice
{
    /// <summary><c>MISC_DYNAMIC_MINOR</c>.</summary>
    public const uint MiscDynamicMinor = MiscDevice.DynamicMinor;

    /// <summary><c>misc_register(misc)</c>: a minor and the node /dev/name.</summary>
    /// <returns>0; -EBUSY when minor or node are taken; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult MiscRegister([AllocatesWith(Allocator.MiscDevice)] MiscDevice misc) => Kernel.Current("misc_register").MiscDevices.Register(misc);

    /// <summary><c>misc_deregister(misc)</c>.</summary>
    /// <returns>0; -EINVAL when it is not registered.</returns>
    [MightSleep]
    public static KernelResult MiscDeregister([FreesWith(Allocator.MiscDevice)] MiscDevice misc) => Kernel.Current("misc_deregister").MiscDevices.Deregister(misc);
}
