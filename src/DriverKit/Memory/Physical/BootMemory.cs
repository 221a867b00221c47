using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>The boot memory allocator: hands out memory before zones and <c>mem_map</c> exist, then gives the rest to the buddy allocator.</summary>
/// <remarks>Linux 2.6 keeps a bitmap with a bit per frame (mm/bootmem.c); a sorted list of free ranges says the same and costs nothing on a large machine.</remarks>
public sealed class BootMemory
{
    private readonly List<(ulong Start, ulong End)> _free = [];

    internal BootMemory(IEnumerable<(PhysicalAddress Start, PhysicalAddress End)> usable)
    {
        foreach ((PhysicalAddress start, PhysicalAddress end) in usable)
            _free.Add((start.PageAlignUp.Value, end.PageAlignDown.Value));
        _free.Sort();
    }

    /// <summary>Free ranges in order of address: what will go to the buddy allocator.</summary>
    public IEnumerable<(Pfn Start, Pfn End)> FreeRanges =>
        _free.Select(range => (new PhysicalAddress(range.Start).ToPfn(), new PhysicalAddress(range.End).ToPfn()));

    /// <summary><c>reserve_bootmem</c>: takes a range out, whatever of it is free.</summary>
    public void Reserve(PhysicalAddress start, PhysicalAddress end)
    {
        ulong from = start.PageAlignDown.Value, to = end.PageAlignUp.Value;
        for (int i = _free.Count - 1; i >= 0; i--)
        {
            (ulong freeStart, ulong freeEnd) = _free[i];
            if (freeStart >= to || freeEnd <= from)
                continue;
            _free.RemoveAt(i);
            if (freeEnd > to)
                _free.Insert(i, (to, freeEnd));
            if (freeStart < from)
                _free.Insert(i, (freeStart, from));
        }
    }

    /// <summary><c>__alloc_bootmem</c>: whole pages, at or above the goal if there is room there, else anywhere below the limit.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="goal">Where it should start, to spare what lies below.</param>
    /// <param name="limit">Where it must end.</param>
    public PhysicalAddress Allocate(ulong bytes, PhysicalAddress goal, PhysicalAddress limit)
    {
        ulong size = PageGeometry.AlignUp(bytes);
        return TryAllocate(size, goal.Value, limit.Value) ?? TryAllocate(size, 0, limit.Value)
            ?? throw new KernelOopsException($"Out of boot memory: {bytes >> 10} KiB do not fit below {limit}; give the machine more memory");
    }

    private PhysicalAddress? TryAllocate(ulong size, ulong goal, ulong limit)
    {
        foreach ((ulong freeStart, ulong freeEnd) in _free)
        {
            ulong start = Math.Max(freeStart, goal);
            if (start >= freeEnd || freeEnd - start < size || start + size > limit)
                continue;
            Reserve(new(start), new(start + size));
            return new PhysicalAddress(start);
        }

        return null;
    }
}
