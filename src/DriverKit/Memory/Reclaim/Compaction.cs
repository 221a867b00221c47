using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary><c>compact_zone</c>: makes large free blocks by moving pages: one scanner goes up and picks pages that can move, the other comes down and
/// picks free frames for them, until they meet.</summary>
/// <remarks>Source: mm/compaction.c, since Linux 2.6.35.</remarks>
internal sealed class Compaction(PhysicalMemory memory, PageMigration migration)
{
    private const int MaxOrder = 11;

    /// <summary><c>try_to_compact_pages</c>: compacts zone after zone until one has a free block of that order.</summary>
    /// <returns>False when it was not tried: too little is free, or a block is there already.</returns>
    public bool TryToCompact(IEnumerable<Zone> zones, int order)
    {
        bool tried = false;
        foreach (Zone zone in zones)
        {
            if (HasBlock(zone, order))
                return tried;
            if (zone.FreePages <= zone.PagesLow + (2ul << order))
                continue;
            Compact(zone, order);
            tried = true;
            if (HasBlock(zone, order))
                break;
        }

        return tried;
    }

    /// <summary><c>echo 1 &gt; /proc/sys/vm/compact_memory</c>: compacts every zone from end to end.</summary>
    public void CompactAll()
    {
        foreach (Zone zone in memory.PopulatedZones)
            Compact(zone, MaxOrder);
    }

    private static bool HasBlock(Zone zone, int order)
    {
        for (int each = order; each < MaxOrder; each++)
        {
            if (zone.FreeBlocks(each) != 0)
                return true;
        }

        return false;
    }

    private void Compact(Zone zone, int order)
    {
        Pfn free = zone.EndPfn;
        for (Pfn pfn = zone.StartPfn; (pfn = zone.Buddy.NextUsed(pfn, free)) < free && !HasBlock(zone, order); pfn += 1ul)
        {
            memory.VmStat.Add(VmEvent.CompactMigrateScanned);
            if (memory.MemoryMap.Known(pfn) is not { } page || !page.Has(PageFlags.Lru) || PageShrinker.IsPinned(page))
                continue;
            if (memory.PageAllocator.IsolateHighestFreePage(zone, pfn + 1ul, free) is not { } target)
                break;
            memory.VmStat.Add(VmEvent.CompactIsolated);
            memory.VmStat.Add(VmEvent.CompactFreeScanned, free - target.Pfn);
            free = target.Pfn;
            migration.TryToMove(page, target);
        }
    }
}
