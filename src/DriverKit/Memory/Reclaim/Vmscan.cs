using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary>Page reclaim: from the tail of the active list to the inactive one, from its tail out of memory; pages that were used get another round.</summary>
/// <remarks>kswapd and processes that must reclaim for themselves go the same way. Source: mm/vmscan.c of Linux 2.6.20.</remarks>
internal sealed class Vmscan(PhysicalMemory memory, PageUnmapper unmapper, PageShrinker shrinker, VmSysctls sysctls, Func<bool> hasSwap)
{
    /// <summary><c>SWAP_CLUSTER_MAX</c>: pages looked at in one go, and enough for one who reclaims for itself.</summary>
    private const ulong ClusterMax = 32;

    /// <summary><c>DEF_PRIORITY</c>: the first look is at 1/4096 of a list, the last one at all of it.</summary>
    private const int DefaultPriority = 12;

    /// <summary><c>try_to_free_pages</c>: direct reclaim.</summary>
    /// <returns>Pages freed; 0 when there was nothing to free.</returns>
    public ulong TryToFreePages(Zone[] zones, GfpFlags flags)
    {
        var scan = new Scan(flags, VmEvent.PgscanDirect, VmEvent.PgstealDirect);
        for (int priority = DefaultPriority; priority >= 0 && scan.Reclaimed < ClusterMax; priority--)
        {
            foreach (Zone zone in zones)
                ShrinkZone(zone, priority, scan);
        }

        return scan.Reclaimed;
    }

    /// <summary><c>balance_pgdat</c>: what kswapd does until every zone of the node is above its high mark, or nothing can be freed any more.</summary>
    public ulong BalancePgdat(IReadOnlyList<Zone> zones, int order)
    {
        var scan = new Scan(GfpFlags.Kernel, VmEvent.PgscanKswapd, VmEvent.PgstealKswapd);
        memory.VmStat.Add(VmEvent.Pageoutrun);
        for (int priority = DefaultPriority; priority >= 0; priority--)
        {
            bool balanced = true;
            foreach (Zone zone in zones)
            {
                if (zone.PresentPages == 0 || zone.IsWatermarkOk(order, zone.PagesHigh, ZoneType.Dma, high: false, harder: false))
                    continue;
                balanced = false;
                ShrinkZone(zone, priority, scan);
            }

            if (balanced)
                break;
        }

        return scan.Reclaimed;
    }

    /// <summary><c>shrink_zone</c>: a part of each list, more as the priority falls.</summary>
    private void ShrinkZone(Zone zone, int priority, Scan scan)
    {
        ulong active = (zone.NrActive >> priority) + 1, inactive = (zone.NrInactive >> priority) + 1;
        while (active != 0 || inactive != 0)
        {
            if (active != 0)
            {
                ulong now = Math.Min(active, ClusterMax);
                active -= now;
                ShrinkActive(zone, now, priority);
            }

            if (inactive != 0)
            {
                ulong now = Math.Min(inactive, ClusterMax);
                inactive -= now;
                ShrinkInactive(zone, now, scan);
            }
        }
    }

    /// <summary><c>shrink_active_list</c>: the tail goes to the inactive list; while memory is not short, pages that processes map stay.</summary>
    private void ShrinkActive(Zone zone, ulong count, int priority)
    {
        bool reclaimMapped = MayReclaimMapped(priority);
        count = Math.Min(count, zone.NrActive);
        memory.VmStat.Add(VmEvent.Pgrefill, count);
        for (; count != 0; count--)
        {
            Page page = zone.ActiveList.Tail!;
            bool stays = page.Mapcount != 0 && (!reclaimMapped || (page.IsAnonymous && !hasSwap()) || unmapper.IsReferenced(page));
            if (!stays)
            {
                memory.Lru.DeactivatePage(page);
                continue;
            }

            memory.Lru.Isolate(page);
            memory.Lru.Putback(page);
        }
    }

    /// <summary><c>swap_tendency</c>: how much of memory processes map, how hard it is to free the rest, and what the user wants.</summary>
    private bool MayReclaimMapped(int priority)
    {
        const int MostTendency = 100;
        int distress = MostTendency >> priority;
        long mapped = memory.VmStat[ZoneStat.Mapped] + memory.VmStat[ZoneStat.AnonPages];
        long ratio = mapped * 100 / (long)memory.TotalPages;
        return ratio / 2 + distress + Math.Min(sysctls.Swappiness, MostTendency) >= MostTendency;
    }

    /// <summary><c>shrink_inactive_list</c>.</summary>
    private void ShrinkInactive(Zone zone, ulong count, Scan scan)
    {
        count = Math.Min(count, zone.NrInactive);
        memory.VmStat.Add(scan.Scanned, count);
        zone.PagesScanned += count;
        for (; count != 0 && zone.InactiveList.Tail is { } page; count--)
        {
            memory.Lru.Isolate(page);
            switch (shrinker.TryToFree(page, scan.Flags))
            {
                case PageFate.Freed:
                    scan.Reclaimed++;
                    memory.VmStat.Add(scan.Stolen);
                    break;
                case PageFate.Activated:
                    memory.Lru.LruCacheAddActive(page);
                    memory.VmStat.Add(VmEvent.Pgactivate);
                    break;
                default:
                    memory.Lru.Putback(page);
                    break;
            }
        }
    }

    /// <summary><c>struct scan_control</c>.</summary>
    private sealed class Scan(GfpFlags flags, VmEvent scanned, VmEvent stolen)
    {
        public GfpFlags Flags { get; } = flags;

        public VmEvent Scanned { get; } = scanned;

        public VmEvent Stolen { get; } = stolen;

        public ulong Reclaimed { get; set; }
    }
}
