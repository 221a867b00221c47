using System.Text;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Io;

/// <summary><c>iomem_resource</c>: who has claimed which physical addresses.</summary>
/// <remarks>Source: kernel/resource.c of Linux 2.6.20.</remarks>
public sealed class ResourceTree
{
    private readonly Resource _root;
    private readonly Machine _machine;
    private readonly IKernelLog _log;

    internal ResourceTree(Machine machine, PhysicalMemory memory, IKernelLog log)
    {
        _machine = machine;
        _log = log;
        _root = new Resource("PCI mem", 0, memory.Layout.Is64Bit ? ulong.MaxValue : machine.Options.Architecture == Architecture.I386 ? uint.MaxValue : (1ul << 36) - 1, busy: false);
        Claim("Video RAM area", new(PhysicalMemoryMap.IsaHoleStart), new(0xC0000), busy: false);
        foreach (FirmwareRange range in memory.FirmwareMap)
            Claim(range.IsUsable ? "System RAM" : "System ROM", range.Start, range.End, busy: true);
        Resource ram = _root.Children.First(child => child.Start == PhysicalMemoryMap.IsaHoleEnd);
        ram.Insert(new Resource("Kernel code", PhysicalMemory.KernelCodeStart.Value, PhysicalMemory.KernelDataStart.Value - 1, busy: true));
        ram.Insert(new Resource("Kernel data", PhysicalMemory.KernelDataStart.Value, PhysicalMemory.KernelImageEnd.Value - 1, busy: true));
    }

    /// <summary>What has been claimed, in order of address.</summary>
    public IReadOnlyList<Resource> Children => _root.Children;

    /// <summary><c>request_mem_region</c>: claims a range for a driver.</summary>
    /// <param name="start">First address.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="name">The driver, as /proc/iomem prints it.</param>
    /// <returns>The claim, or null when the range is empty, wraps, or is in use.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    public Resource? Request(PhysicalAddress start, ulong size, string name)
    {
        AtomicContext.MightSleep(_machine, "request_mem_region");
        ulong end = unchecked(start.Value + size - 1);
        if (size == 0 || end < start.Value)
            return null;
        var claim = new Resource(name, start.Value, end, busy: true);
        Resource parent = _root;
        while (parent.Insert(claim) is { } conflict)
        {
            if (conflict == parent || conflict.IsBusy)
                return null;
            parent = conflict;
        }

        return claim;
    }

    /// <summary><c>release_mem_region</c>: gives a claim back. A range that nobody claimed is logged.</summary>
    public void Release(PhysicalAddress start, ulong size)
    {
        ulong end = unchecked(start.Value + size - 1);
        for (Resource parent = _root; ;)
        {
            Resource? child = parent.Children.FirstOrDefault(c => c.Start <= start.Value && c.End >= end);
            if (child is null)
                break;
            if (child.IsBusy && child.Start == start.Value && child.End == end)
            {
                parent.Remove(child);
                return;
            }

            parent = child;
        }

        _log.Write(LogLevel.Warning, $"Trying to free nonexistent resource <{start.Value:x8}-{end:x8}>");
    }

    /// <summary>The device ranges of the bus, as the boot code finds them.</summary>
    /// <returns>False when the region lies across the edge of another one.</returns>
    internal bool TryAddDevice(MmioRegion region) => Claim(region.Name, region.Start, region.End, busy: false);

    /// <summary>The text of /proc/iomem.</summary>
    public string Format()
    {
        var text = new StringBuilder();
        foreach (Resource child in _root.Children)
            Format(text, child, 0);
        return text.ToString();
    }

    private static void Format(StringBuilder text, Resource resource, int depth)
    {
        text.Append(' ', depth * 2).Append($"{resource.Start:x8}-{resource.End:x8} : {resource.Name}\n");
        foreach (Resource child in resource.Children)
            Format(text, child, depth + 1);
    }

    /// <summary>Puts a range into the smallest one that holds it: a card's memory lies inside the Video RAM area.</summary>
    private bool Claim(string name, PhysicalAddress start, PhysicalAddress end, bool busy)
    {
        var claim = new Resource(name, start.Value, end.Value - 1, busy);
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
