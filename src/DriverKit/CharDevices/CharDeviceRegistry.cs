using System.Text;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary>Device numbers and the devices behind them: <c>register_chrdev_region</c>, <c>cdev_add</c>, and the opening of a node.</summary>
/// <remarks>Source: fs/char_dev.c of Linux 2.6.20.</remarks>
public sealed class CharDeviceRegistry
{
    /// <summary>Dynamic majors are handed out from here downwards.</summary>
    private const uint HighestDynamicMajor = 254;

    /// <summary>So many minors <c>register_chrdev</c> takes.</summary>
    private const uint OldStyleMinors = 256;

    private readonly List<Region> _regions = [];
    private readonly List<Cdev> _devices = [];
    private readonly IKernelLog _log;

    internal CharDeviceRegistry(IKernelLog log)
    {
        _log = log;
        NodeOperations = new FileOperations { Open = Open };
    }

    /// <summary><c>def_chr_fops</c>: what opening a device node starts with.</summary>
    internal FileOperations NodeOperations { get; }

    private readonly record struct Region(DeviceNumber First, uint Count, string Name, Cdev? Device = null)
    {
        public ulong End => (ulong)First.Value + Count;

        public bool Overlaps(DeviceNumber first, uint count) => First.Value < (ulong)first.Value + count && first.Value < End;
    }

    /// <summary><c>register_chrdev_region</c>: claims known numbers; the range may run over into the next major.</summary>
    /// <returns>0; -EBUSY when a number is taken; -EINVAL for no numbers, more than there are, or no name.</returns>
    public KernelResult RegisterRegion(DeviceNumber first, uint count, string name)
    {
        if (count == 0 || (ulong)first.Value + count > (1ul << 32) || string.IsNullOrEmpty(name))
            return -Errno.EINVAL;
        if (_regions.Exists(region => region.Overlaps(first, count)))
            return -Errno.EBUSY;
        _regions.Add(new Region(first, count, name));
        return 0;
    }

    /// <summary><c>alloc_chrdev_region</c>: claims numbers of a free major, 254 downwards.</summary>
    /// <returns>0; -EBUSY when no major is free; -EINVAL.</returns>
    public KernelResult AllocateRegion(out DeviceNumber first, uint firstMinor, uint count, string name)
    {
        first = default;
        if ((ulong)firstMinor + count > DeviceNumber.MaxMinor + 1ul)
            return -Errno.EINVAL;
        for (uint major = HighestDynamicMajor; major > 0; major--)
        {
            if (_regions.Exists(region => region.Overlaps(new(major, 0), DeviceNumber.MaxMinor + 1)))
                continue;
            var candidate = new DeviceNumber(major, firstMinor);
            KernelResult result = RegisterRegion(candidate, count, name);
            if (result.IsSuccess)
                first = candidate;
            return result;
        }

        return -Errno.EBUSY;
    }

    /// <summary><c>unregister_chrdev_region</c>. A range that is not registered is logged.</summary>
    public void UnregisterRegion(DeviceNumber first, uint count)
    {
        if (_regions.RemoveAll(region => region.First == first && region.Count == count) == 0)
            _log.Write(LogLevel.Warning, $"unregister_chrdev_region: {first} with {count} minors is not registered");
    }

    /// <summary><c>register_chrdev</c>: claims the first 256 minors of a major and makes one device of them all.</summary>
    /// <returns>0 for a known major, the major for a free one (<paramref name="major"/> 0); -EBUSY when it is taken or none is free; -EINVAL.</returns>
    public KernelResult RegisterDevice(uint major, string name, FileOperations operations)
    {
        if (major > DeviceNumber.MaxMajor)
            return -Errno.EINVAL;
        var first = new DeviceNumber(major, 0);
        KernelResult result = major == 0 ? AllocateRegion(out first, 0, OldStyleMinors, name) : RegisterRegion(first, OldStyleMinors, name);
        if (result.IsError)
            return result;
        var cdev = new Cdev(operations) { Owner = operations.Owner };
        result = Add(cdev, first, OldStyleMinors);
        if (result.IsError)
        {
            UnregisterRegion(first, OldStyleMinors);
            return result;
        }

        _regions[^1] = _regions[^1] with { Device = cdev };
        return major == 0 ? (long)first.Major : 0;
    }

    /// <summary><c>unregister_chrdev</c>. A major that <c>register_chrdev</c> has not claimed is logged.</summary>
    public void UnregisterDevice(uint major)
    {
        int index = _regions.FindIndex(region => region.Device is not null && region.First.Major == major);
        if (index < 0)
        {
            _log.Write(LogLevel.Warning, $"unregister_chrdev: major {major} is not registered");
            return;
        }

        Delete(_regions[index].Device!);
        _regions.RemoveAt(index);
    }

    /// <summary><c>cdev_add</c>: makes the device live at once; it can be opened before this returns.</summary>
    /// <returns>0; -EINVAL without operations or numbers; -EBUSY when it is added already.</returns>
    public KernelResult Add(Cdev cdev, DeviceNumber first, uint count)
    {
        if (cdev.Ops is null || count == 0 || (ulong)first.Value + count > (1ul << 32))
            return -Errno.EINVAL;
        if (_devices.Contains(cdev))
            return -Errno.EBUSY;
        cdev.Dev = first;
        cdev.Count = count;
        _devices.Add(cdev);
        return 0;
    }

    /// <summary><c>cdev_del</c>: no new openings; open files live on.</summary>
    public void Delete(Cdev cdev)
    {
        if (!_devices.Remove(cdev))
            _log.Write(LogLevel.Warning, $"cdev_del: device {cdev.Dev} has not been added");
    }

    /// <summary>The text of /proc/devices.</summary>
    public string Format()
    {
        var text = new StringBuilder("Character devices:\n");
        foreach (Region region in _regions.OrderBy(region => region.First))
        {
            for (uint major = region.First.Major; major <= (uint)((region.End - 1) >> 20); major++)
                text.Append($"{major,3} {region.Name}\n");
        }

        return text.Append("\nBlock devices:\n").ToString();
    }

    /// <summary><c>chrdev_open</c>: finds the device behind the node, holds its module, and hands over to its operations.</summary>
    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if (Find(inode.IRdev) is not { Ops: { } operations } cdev)
            return -Errno.ENXIO;
        inode.ICdev = cdev;
        return ModuleCode.Open(inode, filp, operations, operations.Owner ?? cdev.Owner, Errno.ENXIO);
    }

    /// <summary>The device with the smallest range that holds the number, as <c>kobj_lookup</c> finds it.</summary>
    private Cdev? Find(DeviceNumber number) => _devices
        .Where(cdev => number.Value >= cdev.Dev.Value && number.Value - cdev.Dev.Value < cdev.Count)
        .MinBy(cdev => cdev.Count);
}
