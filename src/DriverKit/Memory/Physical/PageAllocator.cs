using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary><c>alloc_pages</c>, <c>free_pages</c>, <c>get_page</c> and <c>put_page</c>: pages from the zones the caller can use.</summary>
/// <remarks>Source: mm/page_alloc.c of Linux 2.6.20.</remarks>
public sealed class PageAllocator
{
    /// <summary>Flags a page must not have when it is freed (<c>free_pages_check</c>).</summary>
    private const PageFlags ForbiddenWhenFreed = PageFlags.Lru | PageFlags.Private | PageFlags.Locked | PageFlags.Active | PageFlags.Reclaim
        | PageFlags.Slab | PageFlags.SwapCache | PageFlags.Writeback | PageFlags.Reserved | PageFlags.Buddy;

    private readonly Machine _machine;
    private readonly MemoryMap _map;
    private readonly IReadOnlyList<PgData> _nodes;
    private readonly VmStat _stat;
    private readonly PageLru _lru;
    private readonly IKernelLog _log;
    private Zone[][][] _zoneLists = [];

    internal PageAllocator(Machine machine, MemoryMap map, IReadOnlyList<PgData> nodes, VmStat stat, PageLru lru, IKernelLog log)
    {
        _machine = machine;
        _map = map;
        _nodes = nodes;
        _stat = stat;
        _lru = lru;
        _log = log;
        SlowPath = new AllocationSlowPath(stat);
    }

    /// <summary>What happens when memory runs low.</summary>
    internal AllocationSlowPath SlowPath { get; }

    /// <summary>Names the process that runs, for the report of a failed allocation.</summary>
    internal Func<string> CurrentProcess { get; set; } = () => "swapper";

    /// <summary><c>nr_free_pages()</c>: free pages in all zones.</summary>
    public ulong FreePageCount
    {
        get
        {
            ulong free = 0;
            foreach (PgData node in _nodes)
            {
                foreach (Zone zone in node.NodeZones)
                    free += zone.FreePages;
            }

            return free;
        }
    }

    /// <summary><c>alloc_pages_node</c>: a block of 2^order pages, or null.</summary>
    /// <param name="flags">From where and how hard to try.</param>
    /// <param name="order">0 to 10; anything else fails.</param>
    /// <param name="node">The node to prefer.</param>
    /// <exception cref="KernelOopsException">The flags allow sleeping and the context does not.</exception>
    public Page? Allocate(GfpFlags flags, int order = 0, int node = 0)
    {
        if ((flags & GfpFlags.Wait) != 0)
            AtomicContext.MightSleepToAllocate(_machine, "__alloc_pages");
        if ((uint)order >= BuddyAllocator.MaxOrder || (uint)node >= (uint)_nodes.Count)
            return null;
        ZoneType classZone = ClassZone(flags);
        var request = new PageRequest(_zoneLists[node][(int)classZone], classZone, order, flags);
        if (!request.TryTake(Watermark.Low, out Pfn pfn) && !SlowPath.TryAllocate(request, out pfn))
        {
            if ((flags & GfpFlags.NoWarn) == 0)
                _log.Write(LogLevel.Warning, $"{CurrentProcess()}: page allocation failure. order:{order}, mode:0x{(uint)flags:x}");
            return null;
        }

        return Prepare(pfn, order, flags);
    }

    /// <summary><c>__free_pages</c>: drops the caller's reference to a block; the last one gives it back to the buddy allocator.</summary>
    /// <param name="page">The first page of the block.</param>
    /// <param name="order">The order it was allocated with.</param>
    /// <exception cref="KernelOopsException">The page is free already, still mapped or in use, or the order is not the block's.</exception>
    public void Free(Page page, int order)
    {
        _map.Verify(page, "__free_pages");
        if ((uint)order >= BuddyAllocator.MaxOrder || (page.Pfn.Value & ((1ul << order) - 1)) != 0)
        {
            throw new KernelOopsException(
                $"kernel BUG in __free_pages: {page.Pfn} cannot start a block of order {order}; free with the order it was allocated with",
                KernelRule.AllocatorMismatch);
        }

        if (page.Has(PageFlags.Compound) && (page.Head != page || page.CompoundOrder != order))
            throw BadPage(page, "__free_pages", $"it belongs to the compound page at {page.Head.Pfn} of order {page.Head.CompoundOrder}", KernelRule.AllocatorMismatch);
        if (page.Count <= 0)
            throw BadPage(page, "__free_pages", "the page is already free", KernelRule.DoubleRelease);
        if (--page.Count == 0)
            Release(page, order, "__free_pages");
    }

    /// <summary><c>get_page</c>: one more reference. A page of a compound page counts on its head.</summary>
    /// <exception cref="KernelOopsException">The page is free.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Get(Page page)
    {
        _map.Verify(page, "get_page");
        Page head = page.Head;
        if (head.Count <= 0)
            ThrowFree(page, "get_page", KernelRule.UseAfterRelease);
        head.Count++;
    }

    /// <summary><c>put_page</c>: one reference less; the last one frees the page, or the whole compound page.</summary>
    /// <exception cref="KernelOopsException">The page is free already, or the last reference goes while it is still in use.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(Page page)
    {
        _map.Verify(page, "put_page");
        Page head = page.Head;
        if (head.Count <= 0)
            ThrowFree(page, "put_page", KernelRule.ReferenceImbalance);
        if (--head.Count == 0)
            ReleaseLast(head);
    }

    /// <summary><c>isolate_freepages</c>: the highest free page of a part of a zone, held once, for compaction to move another page to. Not counted as an allocation.
    /// Go on with its frame as the new end; give back with <see cref="Free"/>.</summary>
    internal Page? IsolateHighestFreePage(Zone zone, Pfn lowest, Pfn end) =>
        zone.Buddy.TryTakeHighest(lowest, end, out Pfn pfn) ? Hold(pfn) : null;

    /// <summary>Builds, for every node and zone class, the order in which zones are asked: the node's own from the highest down, then the next node's.</summary>
    internal void BuildZoneLists()
    {
        _zoneLists = [.. _nodes.Select(node => Enum.GetValues<ZoneType>()
            .Select(type => Enumerable.Range(0, _nodes.Count)
                .Select(distance => _nodes[(node.NodeId + distance) % _nodes.Count])
                .SelectMany(n => n.NodeZones.Where(zone => zone.Type <= type && zone.PresentPages != 0).Reverse())
                .ToArray())
            .ToArray())];
    }

    /// <summary><c>gfp_zone</c>: the highest zone the caller can use.</summary>
    private ZoneType ClassZone(GfpFlags flags) =>
        (flags & GfpFlags.Dma) != 0 ? ZoneType.Dma
        : (flags & GfpFlags.Dma32) != 0 && _machine.Options.Architecture == Architecture.X8664 ? ZoneType.Dma32
        : (flags & GfpFlags.HighMem) != 0 && _machine.Options.Architecture != Architecture.X8664 ? ZoneType.HighMem
        : ZoneType.Normal;

    private Page Prepare(Pfn pfn, int order, GfpFlags flags)
    {
        Page page = Hold(pfn);
        _stat.Add(VmEvent.PgallocDma + (int)page.Zone!.Type, 1ul << order);
        if ((flags & GfpFlags.Zero) != 0)
        {
            for (ulong i = 0; i < 1ul << order; i++)
                _machine.Ram.Frame(pfn + i).Clear();
        }

        if (order > 0 && (flags & GfpFlags.Comp) != 0)
        {
            for (ulong i = 0; i < 1ul << order; i++)
                _map[pfn + i].JoinCompound(page, order);
        }

        return page;
    }

    private Page Hold(Pfn pfn)
    {
        Page page = _map[pfn];
        page.Allocations++;
        page.Flags = PageFlags.None;
        page.Count = 1;
        page.Private = 0;
        page.Index = 0;
        return page;
    }

    /// <summary><c>__page_cache_release</c>: the reclaim lists hold no reference, so a page leaves its list when the last one goes.</summary>
    private void ReleaseLast(Page page)
    {
        _lru.Remove(page);
        Release(page, page.CompoundOrder, "put_page");
    }

    /// <summary>Gives a block whose last reference is gone to the buddy allocator. If it cannot be free, the reference is there again after the report.</summary>
    private void Release(Page page, int order, string function)
    {
        for (ulong i = 0; i < 1ul << order; i++)
        {
            Page each = _map[page.Pfn + i];
            bool isFree = i != 0 && each.Zone!.Buddy.IsFree(each.Pfn);
            if (!isFree && each.Count == 0 && each.Mapcount == 0 && (each.Mapping is null || each.IsAnonymous) && !each.Has(ForbiddenWhenFreed))
                continue;
            (string reason, KernelRule? rule) = isFree
                ? ("it is in the buddy allocator already; the order is larger than the block's", KernelRule.AllocatorMismatch)
                : WhatIsWrong(each);
            KernelOopsException bug = BadPage(each, function, reason, rule);
            page.Count++;
            throw bug;
        }

        for (ulong i = 0; i < 1ul << order; i++)
        {
            Page each = _map[page.Pfn + i];
            each.IsAnonymous = false;
            each.Mapping = null;
            each.Flags = PageFlags.None;
            each.LeaveCompound();
        }

        Zone zone = page.Zone!;
        zone.AllUnreclaimable = false;
        zone.PagesScanned = 0;
        zone.Buddy.Free(page.Pfn, order);
        _stat.Add(VmEvent.Pgfree, 1ul << order);
    }

    private static (string Reason, KernelRule? Rule) WhatIsWrong(Page page) =>
        page.Mapcount != 0 ? ("a process still maps it", KernelRule.PageFreedWhileMapped)
        : page.Has(PageFlags.Reserved) ? ("PG_reserved is set; call ClearPageReserved() before freeing", KernelRule.ReservedPageFreed)
        : page.Has(PageFlags.Lru) ? ("it is on a reclaim list; drop its last reference with put_page()", null)
        : page.Has(PageFlags.Slab) ? ("it belongs to the slab allocator; free it with kfree()", KernelRule.AllocatorMismatch)
        : page.Count != 0 ? ("someone holds it; was the block allocated with this order?", KernelRule.AllocatorMismatch)
        : ("flags or mapping say it is in use", null);

    private static KernelOopsException BadPage(Page page, string function, string reason, KernelRule? rule) =>
        new($"Bad page state at {function}: {reason}\n{page}", rule);

    [DoesNotReturn]
    private static void ThrowFree(Page page, string function, KernelRule rule) => throw BadPage(page, function, "the page is free", rule);
}
