using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The page tables of processes: making them, taking entries out of them, copying them at fork, freeing them.</summary>
/// <remarks>They live in RAM in the hardware's format. Source: mm/memory.c of Linux 2.6.20.</remarks>
internal sealed partial class PageTables
{
    private readonly Machine _machine;
    private readonly PageTableWalker _walker;
    private readonly PageTableLevel[] _levels;
    private readonly PhysicalMemory _memory;
    private readonly PageCache _pageCache;
    private readonly SwapCache _swapCache;
    private readonly PhysicalAddress _kernelPgd;

    public PageTables(Machine machine, PhysicalMemory memory, PageCache pageCache, SwapCache swapCache, PhysicalAddress kernelPgd)
    {
        _pageCache = pageCache;
        _swapCache = swapCache;
        _machine = machine;
        _walker = machine.PageTables;
        _levels = _walker.Format.Levels;
        _memory = memory;
        _kernelPgd = kernelPgd;
        ZeroPage = memory.PageAllocator.Allocate(GfpFlags.Kernel | GfpFlags.Zero)
            ?? throw new KernelOopsException("No memory for the zero page");
        ZeroPage.Flags |= PageFlags.Reserved;
    }

    /// <summary><c>empty_zero_page</c>: what untouched anonymous memory reads from. No entry that points to it is ever writable.</summary>
    public Page ZeroPage { get; }

    /// <summary><c>pgd_alloc</c>: a top-level table whose kernel half is the kernel's own; null without memory.</summary>
    public PhysicalAddress? AllocatePgd()
    {
        if (AllocateTable() is not { } pgd)
            return null;
        CountTable(pgd, 1);
        int size = _walker.Format.EntrySize;
        int first = _levels[0].IndexOf(_memory.Layout.PageOffset) * size, end = _levels[0].Entries * size;
        _machine.Ram.Span(_kernelPgd, end)[first..].CopyTo(_machine.Ram.Span(pgd, end)[first..]);
        return pgd;
    }

    public void FreePgd(MmStruct mm)
    {
        CountTable(mm.Pgd, -1);
        FreeTable(mm.Pgd);
    }

    /// <summary>Where the entry of an address stands; false when there is no table for it.</summary>
    public bool TryFind(MmStruct mm, ulong address, out PhysicalAddress entry) => _walker.TryFindEntry(mm.Pgd, address, out entry);

    /// <summary>Where the entry of an address stands, with the tables made on the way (<c>pte_alloc_map</c>); false without memory.</summary>
    public bool TryFindOrMake(MmStruct mm, ulong address, out PhysicalAddress entry)
    {
        int level;
        while ((level = _walker.Descend(mm.Pgd, address, out entry)) != _levels.Length - 1)
        {
            if (AllocateTable() is not { } table)
                return false;
            _walker.Write(entry, PageTableEntry.Make(table.ToPfn(), new(_walker.Format.TableBits(level))));
            CountTable(mm, table, level, 1);
        }

        return true;
    }

    public PageTableEntry Read(PhysicalAddress entry) => _walker.Read(entry);

    /// <summary>Writes an entry, without the bits this processor does not have.</summary>
    public void Write(PhysicalAddress entry, PageTableEntry value) => _walker.Write(entry, new(value.Bits & _walker.Format.ProtectionMask));

    /// <summary>Replaces an entry of a process and makes the TLB forget the page (<c>ptep_establish</c>).</summary>
    public void Replace(MmStruct mm, ulong address, PhysicalAddress entry, PageTableEntry value)
    {
        Write(entry, value);
        mm.Tlb.FlushPage(address);
    }

    /// <summary><c>vm_normal_page</c>: the page behind an entry that is accounted page by page; null for raw frames and the zero page.</summary>
    public Page? NormalPage(PageTableEntry entry) =>
        !entry.IsSpecial && _memory.MemoryMap.TryGetPage(entry.Pfn, out Page? page) ? page : null;

    /// <summary>Steps from one resident entry to the next in a range, skipping what has no tables.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">Where to look first; then where the entry was found.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="where">Where the entry stands.</param>
    public bool NextResident(MmStruct mm, ref ulong address, ulong end, out PhysicalAddress where)
    {
        for (; NextEntry(mm, ref address, end, out where); address += PageGeometry.PageSize)
        {
            if (_walker.Read(where).IsResident)
                return true;
        }

        return false;
    }

    /// <summary>Steps from one entry that is not empty to the next: resident ones, and those of pages in swap.</summary>
    public bool NextEntry(MmStruct mm, ref ulong address, ulong end, out PhysicalAddress where)
    {
        while (address < end)
        {
            int level = _walker.Descend(mm.Pgd, address, out where);
            if (level == _levels.Length - 1 && !_walker.Read(where).IsNone)
                return true;
            ulong coverage = _levels[level].Coverage;
            ulong next = (address & ~(coverage - 1)) + coverage;
            if (next == 0)
                break;
            address = next;
        }

        where = default;
        return false;
    }

    /// <summary><c>page_add_new_anon_rmap</c>: a fresh page now belongs to the area.</summary>
    public void AddAnonymous(MmStruct mm, VmAreaStruct vma, UserVirtualAddress address, Page page)
    {
        AnonVmas.Adopt(vma, address, page);
        AddMapping(mm, page);
        _memory.Lru.LruCacheAddActive(page);
    }

    /// <summary><c>page_add_file_rmap</c>: one more entry maps the page; the address space has one more resident page.</summary>
    public void AddMapping(MmStruct mm, Page page)
    {
        if (page.Mapcount++ == 0)
            _memory.VmStat.Add(page.IsAnonymous ? ZoneStat.AnonPages : ZoneStat.Mapped, page);
        mm.CountPage(page, 1);
    }

    /// <summary><c>page_remove_rmap</c>, and the reference goes too.</summary>
    public void Forget(MmStruct mm, Page page, PageTableEntry entry)
    {
        mm.CountPage(page, -1);
        if (entry.IsDirty)
            _pageCache.SetDirty(page);
        if (entry.IsAccessed && page.Has(PageFlags.Lru))
            page.Flags |= PageFlags.Referenced;
        if (--page.Mapcount == 0)
            _memory.VmStat.Add(page.IsAnonymous ? ZoneStat.AnonPages : ZoneStat.Mapped, page, -1);
        _memory.PageAllocator.Put(page);
    }

    /// <summary><c>free_pgtables</c>: frees the tables of a range that serve no neighbour.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">Where the unmapped range starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="floor">Where the area before it ends.</param>
    /// <param name="ceiling">Where the area after it starts.</param>
    public void FreeTables(MmStruct mm, ulong start, ulong end, ulong floor, ulong ceiling) => FreeTables(mm, mm.Pgd, 0, start, end, floor, ceiling);

    private void FreeTables(MmStruct mm, PhysicalAddress table, int level, ulong start, ulong end, ulong floor, ulong ceiling)
    {
        ulong coverage = _levels[level].Coverage;
        for (ulong block = start & ~(coverage - 1); block < end; block += coverage)
        {
            PhysicalAddress where = _walker.EntryAddress(table, level, block);
            PageTableEntry entry = _walker.Read(where);
            ulong blockEnd = block + coverage;
            if (entry.IsPresent)
            {
                PhysicalAddress below = entry.Pfn.ToPhysical();
                if (level < _levels.Length - 2)
                    FreeTables(mm, below, level + 1, Math.Max(start, block), Math.Min(end, blockEnd), floor, ceiling);
                if (block >= floor && blockEnd <= ceiling)
                {
                    _walker.Write(where, default);
                    CountTable(mm, below, level, -1);
                    FreeTable(below);
                }
            }

            if (blockEnd == 0)
                break;
        }
    }

    /// <summary>A table below the top one: 2.6.20 counts those of the lowest level for the process, today's kernel the bytes of all.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="table">The table.</param>
    /// <param name="level">The level of the entry that points to it.</param>
    /// <param name="change">1 or -1.</param>
    private void CountTable(MmStruct mm, PhysicalAddress table, int level, int change)
    {
        if (level == _levels.Length - 2)
            mm.NrPtes = unchecked(mm.NrPtes + (ulong)change);
        mm.PgtablesBytes = unchecked(mm.PgtablesBytes + (ulong)(change * (long)PageGeometry.PageSize));
        CountTable(table, change);
    }

    /// <summary>Tables of every level count in the zone, the top one too, as today (<c>__pagetable_ctor</c>).</summary>
    private void CountTable(PhysicalAddress table, int change) =>
        _memory.VmStat.Add(ZoneStat.PageTablePages, _memory.MemoryMap[table.ToPfn()], change);

    private PhysicalAddress? AllocateTable() => _memory.PageAllocator.Allocate(GfpFlags.Kernel | GfpFlags.Zero)?.Pfn.ToPhysical();

    private void FreeTable(PhysicalAddress table)
    {
        _walker.FlushTables();
        _memory.PageAllocator.Free(_memory.MemoryMap[table.ToPfn()], 0);
    }
}
