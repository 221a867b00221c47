using System.Text;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>The texts of /proc/buddyinfo and /proc/meminfo.</summary>
/// <remarks>Source: mm/vmstat.c and fs/proc/proc_misc.c of Linux 2.6.20.</remarks>
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

    /// <summary>Memory in kB. There is no page cache and no swap in the model, so their lines are zero.</summary>
    public static string FormatMeminfo(PhysicalMemory memory, SlabAllocator slab, VmallocAllocator vmalloc, IEnumerable<MmStruct> processes)
    {
        ulong highTotal = 0, highFree = 0, free = 0;
        foreach (Zone zone in memory.PopulatedZones)
        {
            free += zone.FreePages;
            if (zone.Type != ZoneType.HighMem)
                continue;
            highTotal += zone.PresentPages;
            highFree += zone.FreePages;
        }

        ulong tables = processes.Aggregate(0ul, (sum, mm) => sum + mm.NrPtes);
        var text = new StringBuilder();
        Line("MemTotal", memory.TotalPages);
        Line("MemFree", free);
        Line("Buffers", 0);
        Line("Cached", 0);
        Line("SwapCached", 0);
        Line("HighTotal", highTotal);
        Line("HighFree", highFree);
        Line("LowTotal", memory.TotalPages - highTotal);
        Line("LowFree", free - highFree);
        Line("SwapTotal", 0);
        Line("SwapFree", 0);
        Line("Slab", slab.Pages);
        Line("PageTables", tables);
        KiB("VmallocTotal", (memory.Layout.VmallocEnd - memory.Layout.VmallocStart) >> 10);
        KiB("VmallocUsed", vmalloc.Used >> 10);
        return text.ToString();

        void Line(string name, ulong pages) => KiB(name, pages << (PageGeometry.PageShift - 10));

        void KiB(string name, ulong kib) => text.Append($"{name + ":",-13} {kib,8} kB\n");
    }
}
