using System.Numerics;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>The binary buddy system of one zone: blocks of 2^0 to 2^10 pages, split on the way out, merged with their buddy on the way in.
/// Pages that can move, that can be freed and that can do neither come from page blocks of their own, as far as there are any.</summary>
/// <remarks>A block of order n starts at a multiple of 2^n; its buddy is the block whose number differs in bit n.
/// Source: mm/page_alloc.c of Linux 2.6.24 (<c>__rmqueue</c>, <c>expand</c>, <c>__rmqueue_fallback</c>, <c>__free_one_page</c>). The kind of a free block is always that
/// of its page block, as in today's kernel.</remarks>
internal sealed class BuddyAllocator
{
    /// <summary><c>MAX_ORDER</c>: orders are 0 to 10, the largest block 4 MiB.</summary>
    public const int MaxOrder = 11;

    private const int LargestOrder = MaxOrder - 1;

    private readonly FreeArea[] _areas = new FreeArea[MaxOrder];
    private readonly PageBlockMap _blocks;
    private readonly ulong _base;
    private readonly bool _isGrouped;

    /// <param name="start">First frame of the zone.</param>
    /// <param name="end">First frame after it.</param>
    /// <param name="isGrouped">False on a machine so small that grouping would leave too little to each kind (<c>page_group_by_mobility_disabled</c>).</param>
    public BuddyAllocator(Pfn start, Pfn end, bool isGrouped)
    {
        _isGrouped = isGrouped;
        _base = start.Value & ~(PageBlockMap.Pages - 1);
        ulong blocks = (Math.Max(end.Value, _base) - _base + PageBlockMap.Pages - 1) >> PageBlockMap.Order;
        _blocks = new PageBlockMap(blocks, isGrouped ? MigrateType.Movable : MigrateType.Unmovable);
        for (int order = 0; order < MaxOrder; order++)
            _areas[order] = new FreeArea(blocks);
    }

    public ulong FreePages { get; private set; }

    public ulong FreeBlocks(int order) => _areas[order].Count;

    public ulong FreeBlocks(int order, MigrateType type) => _areas[order].CountOf(type);

    /// <summary>The kind of the page block that a frame lies in.</summary>
    public MigrateType TypeOf(Pfn pfn) => _blocks.TypeOf((pfn.Value - _base) >> PageBlockMap.Order);

    /// <summary>Takes a block of 2^order pages: of its own kind the lowest of the smallest order that has one, else another kind's, and the reserve last.</summary>
    public bool TryAllocate(int order, MigrateType type, out Pfn pfn)
    {
        if (!_isGrouped)
            return TryTakeSmallest(order, MigrateType.Unmovable, out pfn);
        return TryTakeSmallest(order, type, out pfn) || TryTakeFallback(order, type, out pfn) || TryTakeSmallest(order, MigrateType.Reserve, out pfn);
    }

    /// <summary>Gives a block of 2^order pages back.</summary>
    public void Free(Pfn pfn, int order)
    {
        FreePages += 1ul << order;
        ulong page = pfn.Value - _base, block = page >> PageBlockMap.Order;
        uint node = Node(page, order);
        while (node > 1 && _blocks.Contains(block, node ^ 1))
        {
            Remove(block, node ^ 1, order);
            node >>= 1;
            order++;
        }

        Add(block, node, order);
    }

    /// <summary>Gives a range of frames in as few blocks as alignment allows: boot memory on its way to the zones.</summary>
    public void FreeRange(Pfn start, Pfn end)
    {
        ulong pfn = start.Value;
        while (pfn < end.Value)
        {
            int order = Math.Min(LargestOrder, BitOperations.TrailingZeroCount(pfn - _base));
            while (pfn + (1ul << order) > end.Value)
                order--;
            Free(new(pfn), order);
            pfn += 1ul << order;
        }
    }

    /// <summary>True while the frame lies in a free block.</summary>
    public bool IsFree(Pfn pfn) => TryFindFree(pfn.Value - _base, out _, out _);

    /// <summary>The first frame of a range of the zone that is in no free block, or the end: so does compaction look for pages to move, a free block at a time.</summary>
    public Pfn NextUsed(Pfn from, Pfn end)
    {
        ulong page = from.Value - _base, last = end.Value - _base;
        while (page < last && TryFindFree(page, out _, out int order))
            page = ((page >> order) + 1) << order;
        return new(_base + Math.Min(page, last));
    }

    /// <summary>Takes the highest free page of a range, as compaction does to move another one there (<c>isolate_freepages</c>): from page blocks of movable pages,
    /// and not from those that are free as a whole, which it wants to have more of.</summary>
    /// <param name="lowest">First frame of the range.</param>
    /// <param name="end">First frame after it: the last page taken, when one goes on.</param>
    /// <param name="pfn">The page.</param>
    public bool TryTakeHighest(Pfn lowest, Pfn end, out Pfn pfn)
    {
        ulong first = Math.Max(lowest.Value, _base) - _base;
        ulong page = Math.Min(Math.Max(end.Value, _base) - _base, _blocks.Count << PageBlockMap.Order);
        while (page > first)
        {
            ulong block = --page >> PageBlockMap.Order;
            if (!IsTarget(block))
            {
                page = block << PageBlockMap.Order;
                continue;
            }

            if (!TryFindFree(page, out uint node, out int order))
                continue;
            Remove(block, node, order);
            while (order-- > 0)
                Add(block, (Node(page, 0) >> order) ^ 1, order);
            FreePages--;
            pfn = new(_base + page);
            return true;
        }

        pfn = default;
        return false;
    }

    /// <summary><c>setup_zone_migrate_reserve</c>: sets whole page blocks aside for when all else is gone, enough for that many pages but two at most. Linux takes the first
    /// ones; these are the last ones, so that a fresh machine gives its memory from low addresses up.</summary>
    public void SetUpReserve(ulong pages)
    {
        ulong wanted = _isGrouped ? Math.Min(2, (pages + PageBlockMap.Pages - 1) >> PageBlockMap.Order) : 0;
        for (ulong block = _blocks.Count; block-- > 0 && wanted > 0;)
        {
            if (CountOf(block, LargestOrder) == 0)
                continue;
            SetType(block, MigrateType.Reserve);
            wanted--;
        }
    }

    /// <summary>Page blocks of each kind whose first frame satisfies a condition.</summary>
    public ulong[] CountPageBlocks(Func<Pfn, bool> isCounted)
    {
        var counts = new ulong[MigrateTypes.Count];
        for (ulong block = 0; block < _blocks.Count; block++)
            counts[(int)_blocks.TypeOf(block)] += isCounted(new(_base + (block << PageBlockMap.Order))) ? 1ul : 0;
        return counts;
    }

    private static uint Node(ulong page, int order) => (uint)(PageBlockMap.Pages + (page & (PageBlockMap.Pages - 1))) >> order;

    /// <summary>The free block that a page lies in.</summary>
    private bool TryFindFree(ulong page, out uint node, out int order)
    {
        ulong block = page >> PageBlockMap.Order;
        order = 0;
        for (node = Node(page, 0); node > 1; node >>= 1, order++)
        {
            if (_blocks.Contains(block, node))
                return true;
        }

        return CountOf(block, LargestOrder) != 0;
    }

    /// <summary><c>suitable_migration_target</c>.</summary>
    private bool IsTarget(ulong block) =>
        (!_isGrouped || _blocks.TypeOf(block) == MigrateType.Movable) && CountOf(block, LargestOrder) == 0 && FreePagesOf(block) != 0;

    private bool TryTakeSmallest(int order, MigrateType type, out Pfn pfn)
    {
        for (int current = order; current < MaxOrder; current++)
        {
            if (_areas[current].CountOf(type) == 0)
                continue;
            pfn = Take(_areas[current].PageBlocks(type).First(), current, order);
            return true;
        }

        pfn = default;
        return false;
    }

    /// <summary><c>__rmqueue_fallback</c>: the largest block that another kind has, so that mixing happens seldom and in bulk. A page block that is at least half free
    /// changes its kind, if a large block is broken up or the request is for reclaimable pages, which come in swarms.</summary>
    private bool TryTakeFallback(int order, MigrateType type, out Pfn pfn)
    {
        for (int current = LargestOrder; current >= order; current--)
        {
            foreach (MigrateType other in MigrateTypes.FallbacksOf(type))
            {
                if (_areas[current].CountOf(other) == 0)
                    continue;
                ulong block = _areas[current].PageBlocks(other).First();
                if ((current >= PageBlockMap.Order / 2 || type == MigrateType.Reclaimable) && FreePagesOf(block) >= PageBlockMap.Pages / 2)
                    SetType(block, type);
                pfn = Take(block, current, order);
                return true;
            }
        }

        pfn = default;
        return false;
    }

    /// <summary>Takes the lowest block of one order from a page block and gives back all but the first part of the order wanted (<c>expand</c>).</summary>
    private Pfn Take(ulong block, int order, int wanted)
    {
        uint node = order == LargestOrder ? 1 : _blocks.First(block, order);
        Remove(block, node, order);
        while (order > wanted)
        {
            order--;
            node <<= 1;
            Add(block, node + 1, order);
        }

        FreePages -= 1ul << wanted;
        return new(_base + (block << PageBlockMap.Order) + ((node << wanted) - PageBlockMap.Pages));
    }

    /// <summary><c>set_pageblock_migratetype</c> with <c>move_freepages_block</c>: the page block and its free blocks change their kind.</summary>
    private void SetType(ulong block, MigrateType type)
    {
        ref MigrateType current = ref _blocks.TypeOf(block);
        for (int order = 0; order < MaxOrder && current != type; order++)
        {
            ulong count = CountOf(block, order);
            if (count == 0)
                continue;
            FreeArea area = _areas[order];
            area.CountOf(current) -= count;
            area.CountOf(type) += count;
            area.PageBlocks(current).Remove(block);
            area.PageBlocks(type).Add(block);
        }

        current = type;
    }

    private ulong FreePagesOf(ulong block)
    {
        ulong pages = 0;
        for (int order = 0; order < MaxOrder; order++)
            pages += CountOf(block, order) << order;
        return pages;
    }

    private ulong CountOf(ulong block, int order) => order < LargestOrder ? _blocks.CountOf(block, order)
        : _areas[order].PageBlocks(_blocks.TypeOf(block)).Contains(block) ? 1ul : 0;

    private void Add(ulong block, uint node, int order)
    {
        MigrateType type = _blocks.TypeOf(block);
        _areas[order].CountOf(type)++;
        if (order == LargestOrder || _blocks.Add(block, node, order))
            _areas[order].PageBlocks(type).Add(block);
    }

    private void Remove(ulong block, uint node, int order)
    {
        MigrateType type = _blocks.TypeOf(block);
        _areas[order].CountOf(type)--;
        if (order == LargestOrder || _blocks.Remove(block, node, order))
            _areas[order].PageBlocks(type).Remove(block);
    }
}
