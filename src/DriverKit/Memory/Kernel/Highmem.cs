using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>kmap</c>: longer-lived kernel addresses for pages of high memory, from a small area shared by all.</summary>
/// <remarks>A counter per entry: 0 is free, 1 is unused but perhaps still in the TLB, n + 1 is used n times. When the area is full,
/// the entries at 1 are flushed together. Source: mm/highmem.c of Linux 2.6.20.</remarks>
public sealed class Highmem
{
    private readonly Machine _machine;
    private readonly MemoryMap _memoryMap;
    private readonly MemoryLayout _layout;
    private readonly KernelPageTables _tables;
    private readonly int[] _counts;
    private readonly Page?[] _pages;
    private int _last;

    internal Highmem(Machine machine, PhysicalMemory memory, KernelPageTables tables)
    {
        _machine = machine;
        _memoryMap = memory.MemoryMap;
        _layout = memory.Layout;
        _tables = tables;
        _counts = new int[_layout.PkmapPages];
        _pages = new Page?[_layout.PkmapPages];

        // The area is what one page table covers, and a new table is empty.
        if (_layout.PkmapPages != 0 && !tables.TryMap(AddressOf(0), new(0), default))
            throw new KernelOopsException("No memory for the page table of the kmap area");
    }

    /// <summary><c>LAST_PKMAP</c>: how many pages of high memory can be mapped at one time.</summary>
    public int Capacity => _counts.Length;

    /// <summary>Entries that are used now.</summary>
    public int InUse => _counts.Count(count => count > 1);

    /// <summary><c>kmap</c>: an address for the page. For low memory, its logical address.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, the page is free, or every entry is used and nobody can give one back.</exception>
    public KernelVirtualAddress Map(Page page)
    {
        AtomicContext.MightSleep(_machine, "kmap");
        _memoryMap.Verify(page, "kmap");
        if (page.Head.Count <= 0)
            throw new KernelOopsException($"kmap of a free page: {page}", KernelRule.UseAfterRelease);
        if (!page.IsHighMemory)
            return page.Virtual;
        if (page.Virtual.IsNull)
            page.Virtual = MapNew(page);
        _counts[IndexOf(page.Virtual)]++;
        return page.Virtual;
    }

    /// <summary><c>kunmap</c>: takes the page, not the address.</summary>
    /// <exception cref="KernelOopsException">The page is not kmapped.</exception>
    public void Unmap(Page page)
    {
        _memoryMap.Verify(page, "kunmap");
        if (!page.IsHighMemory)
            return;
        if (page.Virtual.IsNull || _counts[IndexOf(page.Virtual)] <= 1)
        {
            // An entry without users stays until entries run out, so a page that still has one was mapped before.
            throw new KernelOopsException(
                $"kernel BUG in kunmap: {page.Pfn} is not kmapped; one kunmap() for each kmap(), with the page that was mapped",
                page.Virtual.IsNull ? KernelRule.KunmapWrongArgument : KernelRule.DoubleRelease);
        }

        _counts[IndexOf(page.Virtual)]--;
    }

    private ulong AddressOf(int index) => _layout.PkmapBase + (ulong)index * PageGeometry.PageSize;

    private int IndexOf(KernelVirtualAddress address) => (int)((address.Value - _layout.PkmapBase) >> PageGeometry.PageShift);

    private KernelVirtualAddress MapNew(Page page)
    {
        for (int tried = 0; tried < Capacity; tried++)
        {
            _last = (_last + 1) % Capacity;
            if (_last == 0)
                FlushUnused();
            if (_counts[_last] == 0)
                return Install(page);
        }

        FlushUnused();
        _last = Array.IndexOf(_counts, 0);
        if (_last >= 0)
            return Install(page);
        _last = 0;
        throw new KernelOopsException(
            $"kmap: all {Capacity} entries are used; the task sleeps until a kunmap(), and there is no other task to call it. Unmap pages you no longer touch");
    }

    private KernelVirtualAddress Install(Page page)
    {
        ulong address = AddressOf(_last);
        _tables.TryMap(address, page.Pfn, PageProtection.Kernel);
        _tables.Tlb.FlushPage(address);
        _counts[_last] = 1;
        _pages[_last] = page;
        return new(address);
    }

    /// <summary><c>flush_all_zero_pkmaps</c>.</summary>
    private void FlushUnused()
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_counts[i] != 1)
                continue;
            _counts[i] = 0;
            _pages[i]!.Virtual = default;
            _pages[i] = null;
            _tables.Unmap(AddressOf(i));
        }
    }
}
