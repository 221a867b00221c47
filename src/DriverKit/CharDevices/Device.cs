using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary><c>struct device</c>, and <c>struct class_device</c>, which are one here as since 2.6.26: a device of a class, with a directory in /sys (<c>linux/device.h</c>).</summary>
public sealed class Device
{
    internal Device(DeviceClass deviceClass, DeviceNumber number, string name, DirectoryDentry directory)
    {
        Class = deviceClass;
        Devt = number;
        BusId = name;
        Directory = directory;
    }

    /// <summary><c>class</c>.</summary>
    public DeviceClass Class { get; }

    /// <summary><c>devt</c>: its number.</summary>
    public DeviceNumber Devt { get; }

    /// <summary><c>bus_id</c>, <c>class_id</c>: its name in /sys and /dev.</summary>
    public string BusId { get; }

    /// <summary><c>driver_data</c>: the driver's own (<c>dev_get_drvdata</c>, <c>dev_set_drvdata</c>).</summary>
    public object? DriverData { get; set; }

    /// <summary>/sys/class/CLASS/NAME.</summary>
    internal DirectoryDentry Directory { get; }
}

/// <summary><c>struct device_attribute</c>, <c>struct class_device_attribute</c>: a value of a device in /sys. What <c>DEVICE_ATTR(name, mode, show, store)</c> declares.</summary>
/// <param name="name">The file.</param>
/// <param name="mode">Who may do what.</param>
/// <param name="show">Prints the value; null: EIO.</param>
/// <param name="store">Takes a value; null: EIO.</param>
public sealed class DeviceAttribute(string name, UnixFileMode mode, DeviceShow? show, DeviceStore? store)
{
    /// <summary><c>attr.name</c>.</summary>
    public string Name => name;

    /// <summary><c>attr.mode</c>.</summary>
    public UnixFileMode Mode => mode;

    /// <summary><c>show</c>.</summary>
    public DeviceShow? Show => show;

    /// <summary><c>store</c>.</summary>
    public DeviceStore? Store => store;

    /// <summary><c>attr.owner</c>: the module that must stay while the file is open (<c>THIS_MODULE</c>).</summary>
    public KernelModule? Owner { get; init; }
}

/// <summary><c>struct class_attribute</c>: a value of a class in /sys. What <c>CLASS_ATTR(name, mode, show, store)</c> declares.</summary>
/// <param name="name">The file.</param>
/// <param name="mode">Who may do what.</param>
/// <param name="show">Prints the value; null: EIO.</param>
/// <param name="store">Takes a value; null: EIO.</param>
public sealed class ClassAttribute(string name, UnixFileMode mode, ClassShow? show, ClassStore? store)
{
    /// <summary><c>attr.name</c>.</summary>
    public string Name => name;

    /// <summary><c>attr.mode</c>.</summary>
    public UnixFileMode Mode => mode;

    /// <summary><c>show</c>.</summary>
    public ClassShow? Show => show;

    /// <summary><c>store</c>.</summary>
    public ClassStore? Store => store;

    /// <summary><c>attr.owner</c>: the module that must stay while the file is open (<c>THIS_MODULE</c>).</summary>
    public KernelModule? Owner { get; init; }
}

/// <summary><c>show</c> of a device's attribute: prints the value into a page, as sprintf() does. Process context; may sleep.</summary>
/// <returns>Bytes, at most a page, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult DeviceShow(Device device, DeviceAttribute attribute, KernelLogicalAddress page);

/// <summary><c>store</c> of a device's attribute: takes what one write() has brought, less than a page, with a zero behind it. Process context; may sleep.</summary>
/// <returns>Bytes taken, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult DeviceStore(Device device, DeviceAttribute attribute, KernelLogicalAddress page, [Unit(AddressUnit.Bytes)] ulong count);

/// <summary><c>show</c> of a class's attribute: prints the value into a page, as sprintf() does. Process context; may sleep.</summary>
/// <returns>Bytes, at most a page, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult ClassShow(DeviceClass deviceClass, KernelLogicalAddress page);

/// <summary><c>store</c> of a class's attribute: takes what one write() has brought, less than a page, with a zero behind it. Process context; may sleep.</summary>
/// <returns>Bytes taken, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult ClassStore(DeviceClass deviceClass, KernelLogicalAddress page, [Unit(AddressUnit.Bytes)] ulong count);
