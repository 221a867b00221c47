using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary><c>struct class</c>: devices of one kind, whose nodes appear in /dev as they are created (<c>linux/device.h</c>).</summary>
public sealed class DeviceClass
{
    private readonly FileSystems _files;
    private readonly Dictionary<DeviceNumber, string> _devices = [];

    internal DeviceClass(FileSystems files, string name, KernelModule? owner)
    {
        _files = files;
        Name = name;
        Owner = owner;
    }

    /// <summary><c>name</c>.</summary>
    public string Name { get; }

    /// <summary><c>owner</c>.</summary>
    public KernelModule? Owner { get; }

    /// <summary><c>device_create</c>, with what udev does about it: the node /dev/name.</summary>
    /// <returns>0; -EEXIST when the number or the node exists; -EINVAL for a bad name.</returns>
    internal KernelResult Create(DeviceNumber device, string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('/'))
            return -Errno.EINVAL;
        if (_devices.ContainsKey(device))
            return -Errno.EEXIST;
        KernelResult made = _files.MakeNode("/dev/" + name, device);
        if (made.IsSuccess)
            _devices.Add(device, name);
        return made;
    }

    /// <summary><c>device_destroy</c>: the node goes; an unknown number does nothing.</summary>
    internal void Destroy(DeviceNumber device)
    {
        if (_devices.Remove(device, out string? name))
            _files.RemoveNode("/dev/" + name);
    }

    /// <summary><c>class_destroy</c>: all its nodes go.</summary>
    internal void DestroyAll()
    {
        foreach (DeviceNumber device in _devices.Keys.ToArray())
            Destroy(device);
    }
}
