using System.Text;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Io;

/// <summary><c>iomem_resource</c> and <c>ioport_resource</c>: who has claimed which physical addresses, and which I/O ports.</summary>
/// <remarks>Source: kernel/resource.c and arch/i386/kernel/setup.c of Linux 2.6.20.</remarks>
public sealed class ResourceTree
{
    /// <summary>What every PC has. 2.6.20 gives the keyboard all of 0060-006f; later kernels only the two ports it has, so that drivers may claim those between them.</summary>
    private static readonly (ulong Start, ulong End, string Name)[] StandardPorts =
    [
        (0x00, 0x1f, "dma1"), (0x20, 0x21, "pic1"), (0x40, 0x43, "timer0"), (0x50, 0x53, "timer1"), (0x60, 0x60, "keyboard"), (0x64, 0x64, "keyboard"),
        (0x80, 0x8f, "dma page reg"), (0xa0, 0xa1, "pic2"), (0xc0, 0xdf, "dma2"), (0xf0, 0xff, "fpu"),
    ];

    private readonly Resource _root;
    private readonly Machine _machine;
    private readonly IKernelLog _log;

    private ResourceTree(string name, ulong end, Machine machine, IKernelLog log)
    {
        _root = new Resource(name, 0, end, busy: false);
        _machine = machine;
        _log = log;
    }

    /// <summary>What has been claimed, in order of address.</summary>
    public IReadOnlyList<Resource> Children => _root.Children;

    /// <summary><c>iomem_resource</c>, with RAM and the kernel in it.</summary>
    internal static ResourceTree OfMemory(Machine machine, PhysicalMemory memory, IKernelLog log)
    {
        ulong end = memory.Layout.Is64Bit ? ulong.MaxValue : machine.Options.Architecture == Architecture.I386 ? uint.MaxValue : (1ul << 36) - 1;
        var tree = new ResourceTree("PCI mem", end, machine, log);
        tree.Claim("Video RAM area", PhysicalMemoryMap.IsaHoleStart, 0xBFFFF, busy: false);
        foreach (FirmwareRange range in memory.FirmwareMap)
            tree.Claim(range.IsUsable ? "System RAM" : "System ROM", range.Start.Value, range.End.Value - 1, busy: true);
        Resource ram = tree.Children.First(child => child.Start == PhysicalMemoryMap.IsaHoleEnd);
        ram.Insert(new Resource("Kernel code", PhysicalMemory.KernelCodeStart.Value, PhysicalMemory.KernelDataStart.Value - 1, busy: true));
        ram.Insert(new Resource("Kernel data", PhysicalMemory.KernelDataStart.Value, PhysicalMemory.KernelImageEnd.Value - 1, busy: true));
        return tree;
    }

    /// <summary><c>ioport_resource</c>, with what every PC has (<c>standard_io_resources</c>).</summary>
    internal static ResourceTree OfPorts(Machine machine, IKernelLog log)
    {
        var tree = new ResourceTree("PCI IO", PortBus.Ports - 1, machine, log);
        foreach ((ulong start, ulong end, string name) in StandardPorts)
            tree.Claim(name, start, end, busy: true);
        return tree;
    }

    /// <summary><c>__request_region</c>: claims a range for a driver.</summary>
    /// <param name="start">First address.</param>
    /// <param name="size">Addresses.</param>
    /// <param name="name">The driver, as /proc prints it.</param>
    /// <param name="function">Who asks, for the report.</param>
    /// <returns>The claim, or null when the range is empty, wraps, lies outside of the tree, or is in use.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    internal Resource? Request(ulong start, ulong size, string name, string function)
    {
        AtomicContext.MightSleep(_machine, function);
        ulong end = unchecked(start + size - 1);
        if (size == 0 || end < start)
            return null;
        var claim = new Resource(name, start, end, busy: true);
        Resource parent = _root;
        while (parent.Insert(claim) is { } conflict)
        {
            if (conflict == parent || conflict.IsBusy)
                return null;
            parent = conflict;
        }

        return claim;
    }

    /// <summary><c>__release_region</c>: gives a claim back. A range that nobody claimed is logged.</summary>
    /// <param name="start">First address.</param>
    /// <param name="size">Addresses, as they were claimed.</param>
    internal void Release(ulong start, ulong size)
    {
        ulong end = unchecked(start + size - 1);
        for (Resource parent = _root; ;)
        {
            Resource? child = parent.Children.FirstOrDefault(c => c.Start <= start && c.End >= end);
            if (child is null)
                break;
            if (child.IsBusy && child.Start == start && child.End == end)
            {
                parent.Remove(child);
                return;
            }

            parent = child;
        }

        _log.Write(LogLevel.Warning, $"Trying to free nonexistent resource <{start:x8}-{end:x8}>");
    }

    /// <summary>The device ranges of the bus, as the boot code finds them.</summary>
    /// <returns>False when the region lies across the edge of another one.</returns>
    internal bool TryAddDevice(MmioRegion region) => Claim(region.Name, region.Start.Value, region.End.Value - 1, busy: false);

    /// <summary>The text of /proc/iomem or /proc/ioports.</summary>
    public string Format()
    {
        var text = new StringBuilder();
        string format = _root.End < 0x10000 ? "x4" : "x8";
        foreach (Resource child in _root.Children)
            Format(text, child, 0, format);
        return text.ToString();
    }

    private static void Format(StringBuilder text, Resource resource, int depth, string format)
    {
        text.Append(' ', depth * 2).Append(resource.Start.ToString(format)).Append('-').Append(resource.End.ToString(format)).Append(" : ").Append(resource.Name).Append('\n');
        foreach (Resource child in resource.Children)
            Format(text, child, depth + 1, format);
    }

    /// <summary>Puts a range into the smallest one that holds it: a card's memory lies inside the Video RAM area.</summary>
    private bool Claim(string name, ulong start, ulong end, bool busy)
    {
        var claim = new Resource(name, start, end, busy);
        Resource parent = _root;
        while (parent.Insert(claim) is { } conflict)
        {
            if (conflict == parent)
                return false;
            parent = conflict;
        }

        return true;
    }
}
