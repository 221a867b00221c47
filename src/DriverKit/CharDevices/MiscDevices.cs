using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary><c>struct miscdevice</c>: a device too small for a major of its own (<c>linux/miscdevice.h</c>).</summary>
public sealed class MiscDevice
{
    /// <summary><c>MISC_DYNAMIC_MINOR</c>: any free minor will do.</summary>
    public const uint DynamicMinor = 255;

    /// <summary><c>minor</c>: the number wanted; after registration, the number got.</summary>
    public uint Minor { get; set; } = DynamicMinor;

    /// <summary><c>name</c>: the node in /dev.</summary>
    public required string Name { get; init; }

    /// <summary><c>fops</c>.</summary>
    public required FileOperations Fops { get; init; }

    /// <summary><c>class</c>: the device in /sys/class/misc while it is registered, for device_create_file().</summary>
    public Device? Class { get; internal set; }
}

/// <summary>Major 10, which small drivers share; each gets its node in /dev and its directory in /sys/class/misc by itself.</summary>
/// <remarks>Source: drivers/char/misc.c of Linux 2.6.20.</remarks>
public sealed class MiscDevices
{
    private const uint MiscMajor = 10;
    private const uint DynamicMinors = 64;

    /// <summary><c>misc_sem</c>.</summary>
    private readonly KernelMutex _lock = new("misc_sem");
    private readonly List<MiscDevice> _devices = [];
    private readonly Scheduler _scheduler;
    private readonly DeviceClass _class;
    private readonly IKernelLog _log;

    internal MiscDevices(CharDeviceRegistry registry, DeviceClass deviceClass, IKernelLog log, Scheduler scheduler)
    {
        _scheduler = scheduler;
        _class = deviceClass;
        _log = log;
        var first = new DeviceNumber(MiscMajor, 0);
        registry.RegisterRegion(first, 256, "misc");
        registry.Add(new Cdev(new FileOperations { Open = Open }), first, 256);
    }

    /// <summary><c>misc_register</c>: gives the device a minor and makes /dev/name.</summary>
    /// <returns>0; -EBUSY when the minor or the node is taken or none is free; -EINVAL for a bad minor or name.</returns>
    public KernelResult Register(MiscDevice device)
    {
        if (device.Minor > 255 || string.IsNullOrEmpty(device.Name) || device.Name.Contains('/'))
            return -Errno.EINVAL;
        using KernelMutex.Held held = _lock.Hold(_scheduler, "misc_register");
        uint minor = device.Minor;
        if (minor == MiscDevice.DynamicMinor)
        {
            minor = DynamicMinors;
            do
            {
                if (minor-- == 0)
                    return -Errno.EBUSY;
            }
            while (IsTaken(minor));
        }

        if (IsTaken(minor))
            return -Errno.EBUSY;
        if (_class.Create(new(MiscMajor, minor), device.Name, out Device? made).IsError)
            return -Errno.EBUSY;
        device.Class = made;
        device.Minor = minor;
        _devices.Add(device);
        return 0;
    }

    /// <summary><c>misc_deregister</c>.</summary>
    /// <returns>0; -EINVAL when it is not registered.</returns>
    public KernelResult Deregister(MiscDevice device)
    {
        using KernelMutex.Held held = _lock.Hold(_scheduler, "misc_deregister");
        if (!_devices.Remove(device))
            return -Errno.EINVAL;
        device.Class = null;
        if (_class.Destroy(new(MiscMajor, device.Minor)).IsError)
            _log.Write(LogLevel.Warning, $"misc_deregister: /dev/{device.Name} was gone already");
        return 0;
    }

    private bool IsTaken(uint minor) => _devices.Exists(device => device.Minor == minor);

    /// <summary><c>misc_open</c>: the driver's open runs under the lock of all misc devices.</summary>
    private KernelResult Open(Inode inode, OpenFile filp)
    {
        using KernelMutex.Held held = _lock.Hold(_scheduler, "misc_open");
        return _devices.Find(device => device.Minor == inode.Minor) is { Fops: not null } device
            ? ModuleCode.Open(inode, filp, device.Fops, device.Fops.Owner, Errno.ENODEV)
            : -Errno.ENODEV;
    }
}
