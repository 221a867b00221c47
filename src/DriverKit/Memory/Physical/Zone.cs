using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>The kinds of memory by what they are good for (<c>enum zone_type</c>, <c>linux/mmzone.h</c>).</summary>
public enum ZoneType
{
    /// <summary><c>ZONE_DMA</c>: the first 16 MiB, which old devices can reach.</summary>
    Dma,

    /// <summary><c>ZONE_DMA32</c>: below 4 GiB; on 64-bit machines only.</summary>
    Dma32,

    /// <summary><c>ZONE_NORMAL</c>: directly mapped by the kernel.</summary>
    Normal,

    /// <summary><c>ZONE_HIGHMEM</c>: beyond the kernel's direct map; on 32-bit machines only.</summary>
    HighMem,
}

/// <summary><c>struct zone</c>: one kind of memory on one node, with its buddy allocator and watermarks.</summary>
public sealed class Zone
{
    internal Zone(int node, ZoneType type, Pfn start, Pfn end, bool isGrouped)
    {
        Node = node;
        Type = type;
        StartPfn = start;
        EndPfn = end;
        Buddy = new BuddyAllocator(start, end, isGrouped);
    }

    /// <summary>The node it belongs to.</summary>
    public int Node { get; }

    /// <summary>Which kind of memory.</summary>
    public ZoneType Type { get; }

    /// <summary>The name as /proc prints it.</summary>
    public string Name => Type == ZoneType.Dma ? "DMA" : Type == ZoneType.Dma32 ? "DMA32" : Type.ToString();

    /// <summary><c>zone_start_pfn</c>.</summary>
    public Pfn StartPfn { get; }

    /// <summary>The first frame after the zone.</summary>
    public Pfn EndPfn { get; }

    /// <summary><c>spanned_pages</c>: frames in the zone, holes included.</summary>
    public ulong SpannedPages => EndPfn - StartPfn;

    /// <summary><c>present_pages</c>: frames with RAM behind them.</summary>
    public ulong PresentPages { get; internal set; }

    /// <summary><c>managed_pages</c> (3.8): frames that the buddy allocator has had to give since boot.</summary>
    public ulong ManagedPages { get; internal set; }

    /// <summary><c>free_pages</c>.</summary>
    public ulong FreePages => Buddy.FreePages;

    /// <summary><c>pages_min</c>: below it only callers that may use the reserve get memory.</summary>
    public ulong PagesMin { get; internal set; }

    /// <summary><c>pages_low</c>: below it reclaim begins.</summary>
    public ulong PagesLow { get; internal set; }

    /// <summary><c>pages_high</c>: above it reclaim stops.</summary>
    public ulong PagesHigh { get; internal set; }

    /// <summary><c>lowmem_reserve</c>: pages kept back from requests that could have used a higher zone, by that zone.</summary>
    public ulong[] LowmemReserve { get; } = new ulong[4];

    /// <summary><c>nr_active</c>: pages on the active list.</summary>
    public ulong NrActive => ActiveList.Count;

    /// <summary><c>nr_inactive</c>: pages on the inactive list.</summary>
    public ulong NrInactive => InactiveList.Count;

    /// <summary><c>pages_scanned</c>: pages that reclaim has looked at since one of the zone was freed.</summary>
    public ulong PagesScanned { get; internal set; }

    /// <summary><c>all_unreclaimable</c>: reclaim has given the zone up until one of its pages is freed.</summary>
    public bool AllUnreclaimable { get; internal set; }

    internal BuddyAllocator Buddy { get; }

    /// <summary><c>active_list</c>.</summary>
    internal LruList ActiveList { get; } = new();

    /// <summary><c>inactive_list</c>.</summary>
    internal LruList InactiveList { get; } = new();

    /// <summary><c>vm_stat</c>, by <see cref="ZoneStat"/>.</summary>
    internal long[] PageStates { get; } = new long[Enum.GetValues<ZoneStat>().Length];

    /// <summary><c>zone_page_state</c>: how many of the zone's pages have that use.</summary>
    public long PageState(ZoneStat item) => PageStates[(int)item];

    /// <summary>Free blocks of 2^order pages (<c>free_area[order].nr_free</c>).</summary>
    /// <param name="order">0 to 10.</param>
    public ulong FreeBlocks(int order) => Buddy.FreeBlocks(order);

    /// <summary>Free blocks of 2^order pages in page blocks of one kind (<c>free_area[order].free_list[type]</c>).</summary>
    /// <param name="order">0 to 10.</param>
    /// <param name="type">The kind of the page block.</param>
    public ulong FreeBlocks(int order, MigrateType type) => Buddy.FreeBlocks(order, type);

    internal ulong Mark(Watermark mark) => mark switch
    {
        Watermark.Low => PagesLow,
        Watermark.Min => PagesMin,
        _ => PagesHigh,
    };

    /// <summary><c>zone_watermark_ok</c>: may a block of that order leave the zone and still leave enough behind?</summary>
    /// <remarks>Source: mm/page_alloc.c of Linux 2.6.20.</remarks>
    internal bool IsWatermarkOk(int order, ulong mark, ZoneType classZone, bool high, bool harder)
    {
        long min = (long)mark;
        long free = (long)FreePages - (1L << order) + 1;
        if (high)
            min -= min / 2;
        if (harder)
            min -= min / 4;
        if (free <= min + (long)LowmemReserve[(int)classZone])
            return false;
        for (int o = 0; o < order; o++)
        {
            free -= (long)FreeBlocks(o) << o;
            min >>= 1;
            if (free <= min)
                return false;
        }

        return true;
    }
}
