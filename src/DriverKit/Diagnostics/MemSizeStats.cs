using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary><c>struct mem_size_stats</c>: what the page tables say about one area. All in bytes; the shares of pages that several processes map are
/// fixed-point numbers with <see cref="PssShift"/> bits behind the point.</summary>
/// <remarks>Source: <c>smaps_account</c>, fs/proc/task_mmu.c of Linux 6.18. Frames without a page, raw ones and the zero page, are not counted.</remarks>
internal sealed class MemSizeStats
{
    private const int PssShift = 12;

    private ulong _pss;
    private ulong _pssDirty;
    private ulong _pssLocked;
    private ulong _swapPss;

    /// <summary>Pages in memory.</summary>
    public ulong Resident { get; private set; }

    /// <summary>The same, each divided by the number of page-table entries that map it.</summary>
    public ulong Pss => _pss >> PssShift;

    /// <summary>The dirty part of <see cref="Pss"/>.</summary>
    public ulong PssDirty => _pssDirty >> PssShift;

    /// <summary>Mapped more than once, and as the storage has it.</summary>
    public ulong SharedClean { get; private set; }

    /// <summary>Mapped more than once and stored to.</summary>
    public ulong SharedDirty { get; private set; }

    /// <summary>Mapped here only, and as the storage has it.</summary>
    public ulong PrivateClean { get; private set; }

    /// <summary>Mapped here only and stored to.</summary>
    public ulong PrivateDirty { get; private set; }

    /// <summary>Used since reclaim last looked.</summary>
    public ulong Referenced { get; private set; }

    /// <summary>Not of a file.</summary>
    public ulong Anonymous { get; private set; }

    /// <summary>In swap.</summary>
    public ulong Swap { get; private set; }

    /// <summary>The same, each divided by the number of entries that refer to it. Swapped pages of shared memory are not in it.</summary>
    public ulong SwapPss => _swapPss >> PssShift;

    /// <summary>The part of <see cref="Pss"/> that may not be swapped out.</summary>
    public ulong Locked => _pssLocked >> PssShift;

    /// <summary><c>smap_gather_stats</c>: counts every entry of an area. Nothing about it changes.</summary>
    public static MemSizeStats Of(MmStruct mm, VmAreaStruct vma, PageTables tables, SwapCache swapCache)
    {
        var stats = new MemSizeStats();
        if (vma.VmFile?.Inode.IMapping is { AOps: ShmemOperations shmem } mapping)
            stats.Swap = shmem.SwappedPages(mapping, vma.VmPgoff, vma.VmPgoff + (vma.Length >> PageGeometry.PageShift)) << PageGeometry.PageShift;
        ulong address = vma.VmStart.Value;
        for (; tables.NextEntry(mm, ref address, vma.VmEnd.Value, out PhysicalAddress where); address += PageGeometry.PageSize)
        {
            PageTableEntry entry = tables.Read(where);
            if (!entry.IsResident)
                stats.AddSwapped(swapCache.EntriesOf(SwapEntry.Of(entry)));
            else if (tables.NormalPage(entry) is { } page)
                stats.Add(page, entry, vma.Has(VmFlags.Locked));
        }

        return stats;
    }

    private void AddSwapped(int entries)
    {
        Swap += PageGeometry.PageSize;
        _swapPss += (PageGeometry.PageSize << PssShift) / (ulong)entries;
    }

    private void Add(Page page, PageTableEntry entry, bool locked)
    {
        bool dirty = entry.IsDirty || page.Has(PageFlags.Dirty);
        ulong share = (PageGeometry.PageSize << PssShift) / (ulong)page.Mapcount;
        Resident += PageGeometry.PageSize;
        if (page.IsAnonymous)
            Anonymous += PageGeometry.PageSize;
        if (entry.IsAccessed || page.Has(PageFlags.Referenced))
            Referenced += PageGeometry.PageSize;
        _pss += share;
        if (locked)
            _pssLocked += share;
        if (dirty)
            _pssDirty += share;
        switch (page.Mapcount > 1, dirty)
        {
            case (true, true):
                SharedDirty += PageGeometry.PageSize;
                break;
            case (true, false):
                SharedClean += PageGeometry.PageSize;
                break;
            case (false, true):
                PrivateDirty += PageGeometry.PageSize;
                break;
            default:
                PrivateClean += PageGeometry.PageSize;
                break;
        }
    }
}
