using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Cache;

/// <summary><c>struct swap_info_struct</c>: one disk that pages are swapped to.</summary>
internal sealed class SwapArea(BlockDevice device, int type, int priority)
{
    private readonly ushort[] _map = new ushort[device.Blocks];
    private ulong _lowest = 1;

    public BlockDevice Device { get; } = device;

    public int Type { get; } = type;

    public int Priority { get; } = priority;

    /// <summary><c>pages</c>: blocks that can hold a page: all but the header.</summary>
    public ulong Pages { get; } = device.Blocks - 1;

    /// <summary><c>inuse_pages</c>.</summary>
    public ulong InUse { get; private set; }

    /// <summary><c>swap_map</c>: how many entries and caches refer to a block.</summary>
    public ref ushort Users(ulong block) => ref _map[block];

    /// <summary><c>scan_swap_map</c>: takes the lowest free block.</summary>
    public bool TryAllocate(out ulong block)
    {
        for (block = _lowest; block < (ulong)_map.Length; block++)
        {
            if (_map[block] != 0)
                continue;
            _map[block] = 1;
            _lowest = block + 1;
            InUse++;
            return true;
        }

        _lowest = block;
        return false;
    }

    public void Free(ulong block)
    {
        InUse--;
        _lowest = Math.Min(_lowest, block);
    }
}

/// <summary>All swap areas: who holds which block, and the way to it and back (<c>mm/swapfile.c</c>, <c>mm/page_io.c</c>).</summary>
internal sealed class SwapSpace
{
    /// <summary>The most blocks an area may have: its map is one array.</summary>
    private const ulong MaxBlocks = 1ul << 30;

    private readonly List<SwapArea> _areas = [];

    /// <summary>The areas, in the order they were added (/proc/swaps).</summary>
    public IReadOnlyList<SwapArea> Areas => _areas;

    /// <summary><c>total_swap_pages</c>.</summary>
    public ulong TotalPages => _areas.Aggregate(0ul, (sum, area) => sum + area.Pages);

    /// <summary><c>nr_swap_pages</c>: pages of swap that are free.</summary>
    public ulong FreePages => _areas.Aggregate(0ul, (sum, area) => sum + area.Pages - area.InUse);

    /// <summary><c>swapon</c>.</summary>
    /// <param name="device">The disk.</param>
    /// <param name="priority">Higher ones are filled first; null: below all there are.</param>
    /// <returns>0; -EBUSY when the disk, or one of its name, is in use as swap already; -EPERM when there are too many; -EINVAL for one without room beside the header, one too large, or a priority outside 0 to 32767.</returns>
    public KernelResult Add(BlockDevice device, int? priority)
    {
        if (_areas.Exists(area => area.Device == device || area.Device.Name == device.Name))
            return -Errno.EBUSY;
        if (_areas.Count == SwapEntry.MaxTypes - 1)
            return -Errno.EPERM;
        if (device.Blocks < 2 || device.Blocks > MaxBlocks || priority is < 0 or > short.MaxValue)
            return -Errno.EINVAL;
        int lowest = _areas.Count == 0 ? -1 : Math.Min(-1, _areas.Min(area => area.Priority) - 1);
        _areas.Add(new SwapArea(device, _areas.Count, priority ?? lowest));
        return 0;
    }

    /// <summary><c>get_swap_page</c>: a free block, in the area of the highest priority.</summary>
    public bool TryAllocate(out SwapEntry entry)
    {
        foreach (SwapArea area in _areas.OrderByDescending(area => area.Priority))
        {
            if (!area.TryAllocate(out ulong block))
                continue;
            entry = new(area.Type, block);
            return true;
        }

        entry = default;
        return false;
    }

    /// <summary><c>swap_duplicate</c>: one more page-table entry or cache refers to the block.</summary>
    public void Duplicate(SwapEntry entry) => _areas[entry.Type].Users(entry.Offset)++;

    /// <summary><c>swap_free</c>: one less; the last one frees the block.</summary>
    /// <returns>How many are left.</returns>
    public int Free(SwapEntry entry)
    {
        SwapArea area = _areas[entry.Type];
        ref ushort users = ref area.Users(entry.Offset);
        if (--users == 0)
            area.Free(entry.Offset);
        return users;
    }

    /// <summary>How many entries and caches refer to a block (<c>page_swapcount</c>).</summary>
    public int UsersOf(SwapEntry entry) => _areas[entry.Type].Users(entry.Offset);

    /// <summary><c>swap_readpage</c>.</summary>
    public void Read(SwapEntry entry, Span<byte> frame) => _areas[entry.Type].Device.Read(entry.Offset, frame);

    /// <summary><c>swap_writepage</c>.</summary>
    public void Write(SwapEntry entry, ReadOnlySpan<byte> frame) => _areas[entry.Type].Device.Write(entry.Offset, frame);
}
