using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>The binary buddy system of one zone: blocks of 2^0 to 2^10 pages, split on the way out, merged with their buddy on the way in.</summary>
/// <remarks>A block of order n starts at a multiple of 2^n; its buddy is the block whose number differs in bit n.
/// Source: mm/page_alloc.c of Linux 2.6.20 (<c>__rmqueue</c>, <c>expand</c>, <c>__free_one_page</c>).</remarks>
internal sealed class BuddyAllocator
{
    /// <summary><c>MAX_ORDER</c>: orders are 0 to 10, the largest block 4 MiB.</summary>
    public const int MaxOrder = 11;

    private readonly FreeArea[] _areas = new FreeArea[MaxOrder];
    private readonly ulong _base;
    private readonly ulong _pages;

    public BuddyAllocator(Pfn start, Pfn end)
    {
        _base = start.Value & ~((1ul << (MaxOrder - 1)) - 1);
        _pages = Math.Max(end.Value, _base) - _base;
        for (int order = 0; order < MaxOrder; order++)
            _areas[order] = new FreeArea((_pages + (1ul << order) - 1) >> order);
    }

    public ulong FreePages { get; private set; }

    public ulong FreeBlocks(int order) => _areas[order].Count;

    /// <summary>Takes a block of 2^order pages, the lowest of the smallest order that has one.</summary>
    public bool TryAllocate(int order, out Pfn pfn)
    {
        for (int current = order; current < MaxOrder; current++)
        {
            if (_areas[current].Count == 0)
                continue;
            ulong block = _areas[current].TakeFirst();
            while (current > order)
            {
                current--;
                block <<= 1;
                _areas[current].Add(block + 1);
            }

            FreePages -= 1ul << order;
            pfn = new(_base + (block << order));
            return true;
        }

        pfn = default;
        return false;
    }

    /// <summary>Gives a block of 2^order pages back.</summary>
    public void Free(Pfn pfn, int order)
    {
        FreePages += 1ul << order;
        ulong block = (pfn.Value - _base) >> order;
        while (order < MaxOrder - 1)
        {
            ulong buddy = block ^ 1;
            if (buddy << order >= _pages || !_areas[order].Contains(buddy))
                break;
            _areas[order].Remove(buddy);
            block >>= 1;
            order++;
        }

        _areas[order].Add(block);
    }

    /// <summary>Gives a range of frames in as few blocks as alignment allows: boot memory on its way to the zones.</summary>
    public void FreeRange(Pfn start, Pfn end)
    {
        ulong pfn = start.Value;
        while (pfn < end.Value)
        {
            int order = Math.Min(MaxOrder - 1, System.Numerics.BitOperations.TrailingZeroCount(pfn - _base));
            while (pfn + (1ul << order) > end.Value)
                order--;
            Free(new(pfn), order);
            pfn += 1ul << order;
        }
    }

    /// <summary>True while the frame lies in a free block.</summary>
    public bool IsFree(Pfn pfn)
    {
        ulong page = pfn.Value - _base;
        for (int order = 0; order < MaxOrder; order++)
        {
            if (_areas[order].Contains(page >> order))
                return true;
        }

        return false;
    }
}
