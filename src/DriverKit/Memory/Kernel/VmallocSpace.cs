using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>The address range that vmalloc and ioremap share: areas in order of address, first fit, a guard page after each.</summary>
/// <remarks>Source: <c>__get_vm_area_node</c>, mm/vmalloc.c of Linux 2.6.20.</remarks>
internal sealed class VmallocSpace(MemoryLayout layout, KernelPageTables tables)
{
    private readonly SortedList<ulong, VmallocArea> _areas = [];

    public int Count => _areas.Count;

    /// <summary>The areas, in order of address.</summary>
    public IEnumerable<VmallocArea> Areas => _areas.Values;

    /// <summary>Bytes in areas, guard pages included.</summary>
    public ulong Used { get; private set; }

    public VmallocArea? Find(ulong start) => _areas.GetValueOrDefault(start);

    /// <summary>True when an area of that many bytes would find addresses.</summary>
    public bool HasRoom(ulong size) => TryFindGap(size + PageGeometry.PageSize, out _);

    /// <summary>Makes an area and maps it page by page; null when addresses or tables run out.</summary>
    public VmallocArea? Map(ulong size, VmallocKind kind, Page[] pages, Func<ulong, Pfn> frame, PageProtection protection)
    {
        if (!TryFindGap(size + PageGeometry.PageSize, out ulong start))
            return null;

        // Taken before a table is looked for: to find memory a process may die, and its driver's close may want an area too.
        var area = new VmallocArea(start, size, kind, pages);
        _areas.Add(start, area);
        Used += area.End - area.Start;
        for (ulong offset = 0; offset < size; offset += PageGeometry.PageSize)
        {
            if (tables.TryMap(start + offset, frame(offset >> PageGeometry.PageShift), protection))
                continue;
            Remove(area);
            return null;
        }

        return area;
    }

    public void Remove(VmallocArea area)
    {
        UnmapRange(area.Start, area.Size);
        _areas.Remove(area.Start);
        Used -= area.End - area.Start;
    }

    private void UnmapRange(ulong start, ulong size)
    {
        for (ulong offset = 0; offset < size; offset += PageGeometry.PageSize)
            tables.Unmap(start + offset);
    }

    private bool TryFindGap(ulong size, out ulong start)
    {
        start = layout.VmallocStart;
        foreach (VmallocArea area in _areas.Values)
        {
            if (area.Start - start >= size)
                return true;
            start = area.End;
        }

        return layout.VmallocEnd - start >= size;
    }
}
