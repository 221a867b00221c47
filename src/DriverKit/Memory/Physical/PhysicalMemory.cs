using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>Brings the machine's memory under the kernel's management, in the order the texts tell it: the firmware's map, the boot memory
/// allocator with the kernel image reserved, nodes with their zones and the memory map, and at last everything free to the buddy allocator.</summary>
/// <remarks>Source: <c>setup_arch</c>, <c>free_area_init_core</c> and <c>mem_init</c> of Linux 2.6.20.</remarks>
public sealed class PhysicalMemory
{
    /// <summary>Where the kernel's code is loaded.</summary>
    public static readonly PhysicalAddress KernelCodeStart = new(0x100000);

    /// <summary>Where its code ends and its data begin.</summary>
    public static readonly PhysicalAddress KernelDataStart = new(0x300000);

    /// <summary>Where the kernel image ends.</summary>
    public static readonly PhysicalAddress KernelImageEnd = new(0x400000);

    private const ulong DmaEnd = 16ul << 20;
    private const ulong Dma32End = 4ul << 30;

    private readonly Machine _machine;
    private readonly IKernelLog _log;
    private ulong _reservedPages;

    internal PhysicalMemory(Machine machine, IKernelLog log)
    {
        _machine = machine;
        _log = log;
        Layout = new MemoryLayout(machine.Options, machine.Ram.End);
        FirmwareMap = PhysicalMemoryMap.For(machine.Options.MemorySize);
        PrintFirmwareMap();
        BootMemory = new BootMemory(FirmwareMap.Where(r => r.IsUsable).Select(r => (r.Start, r.End)));
        BootMemory.Reserve(new(0), new(PageGeometry.PageSize));
        BootMemory.Reserve(KernelCodeStart, KernelImageEnd);
        MemoryMap = new MemoryMap(machine.Ram, Layout);
        Nodes = BuildNodes();
        foreach (PgData node in Nodes)
            AllocateMemoryMap(node);
        VmStat = new VmStat(Nodes);
        Lru = new PageLru(VmStat);
        PageAllocator = new PageAllocator(machine, MemoryMap, Nodes, VmStat, Lru, log);
    }

    /// <summary>The kernel's division of the virtual address space.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>The map the firmware reported.</summary>
    public IReadOnlyList<FirmwareRange> FirmwareMap { get; }

    /// <summary>The allocator to use until <see cref="FreeBootMemory"/>.</summary>
    public BootMemory BootMemory { get; }

    /// <summary><c>mem_map</c>.</summary>
    public MemoryMap MemoryMap { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<PgData> Nodes { get; }

    /// <summary><c>alloc_pages</c> and its kin.</summary>
    public PageAllocator PageAllocator { get; }

    /// <summary>Counters of what happened and of what pages are used for.</summary>
    public VmStat VmStat { get; }

    /// <summary>The active and inactive lists.</summary>
    internal PageLru Lru { get; }

    /// <summary>All zones of all nodes that have memory.</summary>
    public IEnumerable<Zone> PopulatedZones => Nodes.SelectMany(node => node.NodeZones).Where(zone => zone.PresentPages != 0);

    /// <summary><c>totalram_pages</c>: pages that the buddy allocator has managed since boot.</summary>
    public ulong TotalPages { get; private set; }

    /// <summary><c>mem_init</c>: everything that is still free in boot memory goes to the buddy allocator; the rest stays PG_reserved for good.</summary>
    internal void FreeBootMemory()
    {
        (ulong Start, ulong End)[] free = [.. BootMemory.FreeRanges.Select(r => (r.Start.Value, r.End.Value))];
        MemoryMap.ReserveAtBoot(pfn => !Array.Exists(free, r => pfn.Value >= r.Start && pfn.Value < r.End));
        foreach (Zone zone in PopulatedZones)
        {
            foreach ((ulong start, ulong end) in free)
            {
                var from = new Pfn(Math.Max(start, zone.StartPfn.Value));
                var to = new Pfn(Math.Min(end, zone.EndPfn.Value));
                if (from < to)
                    zone.Buddy.FreeRange(from, to);
            }

            zone.ManagedPages = zone.FreePages;
            TotalPages += zone.ManagedPages;
        }

        _reservedPages = Nodes.Aggregate(0ul, (sum, node) => sum + node.NodePresentPages) - TotalPages;
        Watermarks.Set([.. PopulatedZones]);
        foreach (Zone zone in PopulatedZones)
            zone.Buddy.SetUpReserve(zone.PagesMin);
        PageAllocator.BuildZoneLists();
        ulong high = PopulatedZones.Where(z => z.Type == ZoneType.HighMem).Aggregate(0ul, (sum, zone) => sum + zone.PresentPages);
        _log.Write(LogLevel.Info,
            $"Memory: {KiB(TotalPages)}k/{KiB(TotalPages + _reservedPages)}k available ({(KernelDataStart - KernelCodeStart) >> 10}k kernel code, "
            + $"{KiB(_reservedPages)}k reserved, {(KernelImageEnd - KernelDataStart) >> 10}k data, {KiB(high)}k highmem)");
    }

    private static ulong KiB(ulong pages) => pages << (PageGeometry.PageShift - 10);

    private void PrintFirmwareMap()
    {
        _log.Write(LogLevel.Info, "BIOS-provided physical RAM map:");
        foreach (FirmwareRange range in FirmwareMap)
            _log.Write(LogLevel.Info, $" BIOS-e820: {range.Start.Value:x16} - {range.End.Value:x16} ({(range.IsUsable ? "usable" : "reserved")})");
        if (Layout.Is64Bit)
            return;
        ulong low = Layout.EndOfLowMemory.Value, all = _machine.Ram.End.Value;
        _log.Write(LogLevel.Notice, $"{(all - low) >> 20}MB HIGHMEM available.");
        _log.Write(LogLevel.Notice, $"{low >> 20}MB LOWMEM available.");
    }

    /// <summary>Divides the frames evenly among the nodes, and each node's frames among the zones by address.</summary>
    private List<PgData> BuildNodes()
    {
        ulong end = MemoryMap.Frames.Value;
        int count = _machine.Options.Nodes;
        ulong share = (end / (ulong)count) & ~((1ul << (BuddyAllocator.MaxOrder - 1)) - 1);
        var nodes = new List<PgData>();
        for (int id = 0; id < count; id++)
        {
            var start = new Pfn((ulong)id * share);
            var stop = new Pfn(id == count - 1 ? end : (ulong)(id + 1) * share);
            var node = new PgData(id, start, stop, [.. ZoneLimits().Select(limit => BuildZone(id, limit, start, stop))]);
            nodes.Add(node);
            _log.Write(LogLevel.Info, $"On node {id} totalpages: {node.NodePresentPages}");
            foreach (Zone zone in node.NodeZones)
                _log.Write(LogLevel.Info, $"  {zone.Name} zone: {zone.PresentPages} pages ({zone.PresentPages >> (20 - PageGeometry.PageShift)} MiB)");
        }

        return nodes;
    }

    private IEnumerable<(ZoneType Type, ulong Start, ulong End)> ZoneLimits()
    {
        ulong end = _machine.Ram.End.Value, low = Layout.EndOfLowMemory.Value;
        return Layout.Is64Bit
            ? [(ZoneType.Dma, 0, Math.Min(DmaEnd, end)), (ZoneType.Dma32, DmaEnd, Math.Min(Dma32End, end)), (ZoneType.Normal, Dma32End, end)]
            : [(ZoneType.Dma, 0, Math.Min(DmaEnd, low)), (ZoneType.Normal, DmaEnd, low), (ZoneType.HighMem, low, end)];
    }

    private Zone BuildZone(int node, (ZoneType Type, ulong Start, ulong End) limit, Pfn nodeStart, Pfn nodeEnd)
    {
        ulong start = Math.Max(limit.Start >> PageGeometry.PageShift, nodeStart.Value);
        ulong end = Math.Max(start, Math.Min(limit.End >> PageGeometry.PageShift, nodeEnd.Value));
        bool isGrouped = _machine.Options.MemorySize >> PageGeometry.PageShift >= PageBlockMap.Pages * (MigrateTypes.Count + 1);
        var zone = new Zone(node, limit.Type, new(start), new(end), isGrouped) { PresentPages = end - start - PciHolePages(start, end) };
        MemoryMap.AddZone(zone);
        return zone;
    }

    private static ulong PciHolePages(ulong start, ulong end)
    {
        ulong from = Math.Max(start, PhysicalMemoryMap.PciHoleStart >> PageGeometry.PageShift);
        ulong to = Math.Min(end, PhysicalMemoryMap.PciHoleEnd >> PageGeometry.PageShift);
        return to > from ? to - from : 0;
    }

    /// <summary>Sets aside the memory that <c>mem_map</c> takes on the real machine: 32 bytes a frame on i386, 56 on x86-64. It must be low memory.</summary>
    private void AllocateMemoryMap(PgData node)
    {
        ulong pageStruct = Layout.Is64Bit ? 56ul : 32ul;
        ulong bytes = node.NodePresentPages * pageStruct;
        PhysicalAddress goal = new(Math.Max(DmaEnd, node.NodeStartPfn.ToPhysical().Value));
        BootMemory.Allocate(bytes, goal, Layout.EndOfLowMemory);
    }
}
