using System.Text;
using DriverKit.Memory.Physical;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/pagetypeinfo: free blocks and page blocks by what can be done with their pages.</summary>
/// <remarks>Source: mm/vmstat.c of Linux 2.6.24.</remarks>
internal static class ProcPageTypes
{
    private static readonly MigrateType[] Types = Enum.GetValues<MigrateType>();

    /// <summary>A table of free blocks by zone, type and order, and one of page blocks by zone and type.</summary>
    public static string Format(PhysicalMemory memory)
    {
        var text = new StringBuilder();
        text.Append($"Page block order: {PageBlockMap.Order}\nPages per block:  {PageBlockMap.Pages}\n\n");
        text.Append($"{"Free pages count per migrate type at order",-43} ");
        for (int order = 0; order < BuddyAllocator.MaxOrder; order++)
            text.Append($"{order,6} ");
        text.Append('\n');
        foreach (Zone zone in memory.PopulatedZones)
        {
            foreach (MigrateType type in Types)
            {
                text.Append($"Node {zone.Node,4}, zone {zone.Name,8}, type {type,12} ");
                for (int order = 0; order < BuddyAllocator.MaxOrder; order++)
                    text.Append($"{zone.FreeBlocks(order, type),6} ");
                text.Append('\n');
            }
        }

        text.Append($"\n{"Number of blocks type",-23}");
        foreach (MigrateType type in Types)
            text.Append($"{type,12} ");
        text.Append('\n');
        foreach (Zone zone in memory.PopulatedZones)
        {
            text.Append($"Node {zone.Node}, zone {zone.Name,8} ");
            foreach (ulong count in zone.Buddy.CountPageBlocks(memory.MemoryMap.IsValid))
                text.Append($"{count,12} ");
            text.Append('\n');
        }

        return text.ToString();
    }
}
