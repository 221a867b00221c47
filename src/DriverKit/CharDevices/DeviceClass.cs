using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary><c>struct class</c>: devices of one kind, whose nodes appear in /dev, and whose directories appear in /sys/class, as they are created (<c>linux/device.h</c>).</summary>
public sealed class DeviceClass
{
    private readonly FileSystems _files;
    private readonly Sysfs _sysfs;
    private readonly DirectoryDentry _directory;
    private readonly Dictionary<DeviceNumber, Device> _devices = [];

    private DeviceClass(FileSystems files, Sysfs sysfs, DirectoryDentry directory, KernelModule? owner)
    {
        _files = files;
        _sysfs = sysfs;
        _directory = directory;
        Owner = owner;
    }

    /// <summary><c>name</c>.</summary>
    public string Name => _directory.Name;

    /// <summary><c>owner</c>.</summary>
    public KernelModule? Owner { get; }

    /// <summary><c>class_create</c>: /sys/class/name.</summary>
    /// <returns>The class; null when there is one of that name, or it is no name of a file.</returns>
    internal static DeviceClass? New(FileSystems files, Sysfs sysfs, string name, KernelModule? owner) =>
        sysfs.NewDirectory(sysfs.Classes, name) is { } directory ? new(files, sysfs, directory, owner) : null;

    /// <summary><c>device_create</c>, with what udev does about it: the node /dev/name.</summary>
    /// <returns>0; -EEXIST when the number or the name exists; -EINVAL for a bad name.</returns>
    internal KernelResult Create(DeviceNumber number, string name, out Device? device, UnixFileMode mode = FileSystems.NodeMode)
    {
        device = null;
        if (string.IsNullOrEmpty(name) || name.Contains('/'))
            return -Errno.EINVAL;
        if (_devices.ContainsKey(number) || _directory.Has(name))
            return -Errno.EEXIST;
        KernelResult made = _files.MakeNode("/dev/" + name, number, mode);
        if (made.IsError)
            return made;
        device = new Device(this, number, name, _sysfs.NewDirectory(_directory, name)!);
        _sysfs.CreateText(device.Directory, "dev", () => $"{number.Major}:{number.Minor}\n");
        _devices.Add(number, device);
        return made;
    }

    /// <summary><c>device_destroy</c>: node and directory go; an unknown number does nothing.</summary>
    /// <returns>0; -ENOENT when the node was gone already.</returns>
    internal KernelResult Destroy(DeviceNumber number)
    {
        if (!_devices.Remove(number, out Device? device))
            return 0;
        _sysfs.RemoveDirectory(device.Directory);
        return _files.RemoveNode("/dev/" + device.BusId);
    }

    /// <summary><c>class_destroy</c>: all its devices go.</summary>
    internal void DestroyAll()
    {
        foreach (DeviceNumber number in _devices.Keys.ToArray())
            Destroy(number);
        if (!_directory.IsUnlinked)
            _sysfs.RemoveDirectory(_directory);
    }

    /// <summary><c>class_create_file</c>.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    internal KernelResult CreateFile(ClassAttribute attribute) => _sysfs.CreateFile(_directory, new SysfsAttribute(
        attribute.Name,
        attribute.Mode,
        page => attribute.Show?.Invoke(this, page) ?? -Errno.EIO,
        (page, count) => attribute.Store?.Invoke(this, page, count) ?? -Errno.EIO,
        attribute.Owner));

    /// <summary><c>device_create_file</c>.</summary>
    /// <returns>0; -EEXIST; -EINVAL for a bad name.</returns>
    internal KernelResult CreateFile(Device device, DeviceAttribute attribute) => _sysfs.CreateFile(device.Directory, new SysfsAttribute(
        attribute.Name,
        attribute.Mode,
        page => attribute.Show?.Invoke(device, attribute, page) ?? -Errno.EIO,
        (page, count) => attribute.Store?.Invoke(device, attribute, page, count) ?? -Errno.EIO,
        attribute.Owner));

    /// <summary><c>class_remove_file</c>.</summary>
    internal void RemoveFile(ClassAttribute attribute) => Sysfs.RemoveFile(_directory, attribute.Name);
}
