using System.Text;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>The texts of /proc/buddyinfo and /proc/meminfo.</summary>
/// <remarks>Source: mm/vmstat.c of Linux 2.6.20; fs/proc/meminfo.c of 6.18; proc_meminfo(5).</remarks>
internal static class ProcMemory
{
    private const int Orders = 11;

    /// <summary>A line a zone: free blocks of each order.</summary>
    public static string FormatBuddyinfo(PhysicalMemory memory)
    {
        var text = new StringBuilder();
        foreach (Zone zone in memory.PopulatedZones)
        {
            text.Append($"Node {zone.Node}, zone {zone.Name,8} ");
            for (int order = 0; order < Orders; order++)
                text.Append($"{zone.FreeBlocks(order),6} ");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Memory in kB. Lines for which the model has nothing, such as those about huge pages, are left out; so are those for high memory on a 64-bit machine.
    /// PageTables counts those of processes, at every level; the kernel's own are not in it.</summary>
    public static string FormatMeminfo(PhysicalMemory memory, VmallocAllocator vmalloc, VirtualMemory virtualMemory)
    {
        VmStat stat = memory.VmStat;
        ulong highTotal = 0, highFree = 0, free = stat.FreePages, swapCached = virtualMemory.SwapCache.Count;
        foreach (Zone zone in memory.PopulatedZones.Where(zone => zone.Type == ZoneType.HighMem))
        {
            highTotal += zone.PresentPages;
            highFree += zone.FreePages;
        }

        var text = new StringBuilder();
        Line("MemTotal", memory.TotalPages);
        Line("MemFree", free);
        Line("MemAvailable", Available(memory, swapCached));
        Line("Buffers", 0);
        Line("Cached", Count(ZoneStat.FilePages) - swapCached);
        Line("SwapCached", swapCached);
        Line("Active", stat.ActivePages);
        Line("Inactive", stat.InactivePages);
        if (!memory.Layout.Is64Bit)
        {
            Line("HighTotal", highTotal);
            Line("HighFree", highFree);
            Line("LowTotal", memory.TotalPages - highTotal);
            Line("LowFree", free - highFree);
        }

        Line("SwapTotal", virtualMemory.Swap.TotalPages);
        Line("SwapFree", virtualMemory.Swap.FreePages);
        Line("Dirty", Count(ZoneStat.Dirty));
        Line("Writeback", Count(ZoneStat.Writeback));
        Line("AnonPages", Count(ZoneStat.AnonPages));
        Line("Mapped", Count(ZoneStat.Mapped));
        Line("Shmem", Count(ZoneStat.Shmem));
        Line("KReclaimable", Count(ZoneStat.SlabReclaimable));
        Line("Slab", Count(ZoneStat.SlabReclaimable) + Count(ZoneStat.SlabUnreclaimable));
        Line("SReclaimable", Count(ZoneStat.SlabReclaimable));
        Line("SUnreclaim", Count(ZoneStat.SlabUnreclaimable));
        Line("PageTables", Count(ZoneStat.PageTablePages));
        Line("CommitLimit", virtualMemory.Overcommit.Limit);
        Line("Committed_AS", virtualMemory.Overcommit.Committed);
        KiB("VmallocTotal", (memory.Layout.VmallocEnd - memory.Layout.VmallocStart) >> 10);
        KiB("VmallocUsed", vmalloc.Used >> 10);
        return text.ToString();

        ulong Count(ZoneStat item) => (ulong)stat[item];

        void Line(string name, ulong pages) => KiB(name, pages << (PageGeometry.PageShift - 10));

        void KiB(string name, ulong kib) => text.Append($"{name + ":",-16}{kib,8} kB\n");
    }

    /// <summary><c>si_mem_available</c>: what a new process could have without swapping: free pages above the reserves, and most of what can be freed at once.</summary>
    private static ulong Available(PhysicalMemory memory, ulong swapCached)
    {
        VmStat stat = memory.VmStat;
        ulong reserve = 0, low = 0;
        foreach (Zone zone in memory.PopulatedZones)
        {
            reserve += Math.Min(zone.ManagedPages, zone.LowmemReserve.Max() + zone.PagesHigh);
            low += zone.PagesLow;
        }

        // The model's lists do not tell file pages from anonymous ones: cached files are all that is no shared memory and not in swap.
        long files = stat[ZoneStat.FilePages] - stat[ZoneStat.Shmem] - (long)swapCached, slab = stat[ZoneStat.SlabReclaimable];
        long available = (long)stat.FreePages - (long)reserve + MostOf(files) + MostOf(slab);
        return (ulong)Math.Max(0, available);

        long MostOf(long pages) => pages - Math.Min(pages / 2, (long)low);
    }
}
