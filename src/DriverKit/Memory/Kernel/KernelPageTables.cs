using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>The kernel's own page tables (<c>init_mm</c>, <c>swapper_pg_dir</c>): low memory by large pages, then vmalloc, kmap and the fixed mappings.</summary>
/// <remarks>Source: <c>paging_init</c>, arch/i386/mm/init.c of Linux 2.6.20.</remarks>
public sealed class KernelPageTables
{
    private readonly PageTableWalker _walker;
    private readonly MemoryLayout _layout;
    private readonly PhysicalMemory _memory;
    private readonly Ram _ram;
    private bool _bootMemoryIsGone;

    internal KernelPageTables(Machine machine, PhysicalMemory memory)
    {
        _walker = machine.PageTables;
        _ram = machine.Ram;
        _layout = memory.Layout;
        _memory = memory;
        Root = AllocateTable() ?? throw new KernelOopsException("No memory for swapper_pg_dir");
        MapLowMemory();
    }

    /// <summary>The top-level table.</summary>
    public PhysicalAddress Root { get; }

    /// <summary>Translations of kernel addresses outside low memory.</summary>
    internal Tlb Tlb { get; } = new();

    /// <summary>Pages of tables that were made since boot; they stay.</summary>
    internal ulong TablesSinceBoot { get; private set; }

    /// <summary>From now on tables come from the page allocator.</summary>
    internal void BootMemoryIsGone() => _bootMemoryIsGone = true;

    /// <summary>Maps one page. False when there is no memory for a table.</summary>
    internal bool TryMap(ulong address, Pfn pfn, PageProtection protection)
    {
        if (FindOrMakeEntry(address) is not { } entry)
            return false;
        _walker.Write(entry, PageTableEntry.Make(pfn, Supported(protection)));
        return true;
    }

    /// <summary>Maps a page of the kernel that user mode may read, with every table on the way; call it at boot, before a process copies the top level.</summary>
    internal void MapForUsers(ulong address, Pfn pfn)
    {
        if (!TryMap(address, pfn, PageProtection.ReadOnly))
            throw new KernelOopsException("No memory for the table of the vsyscall page");
        for (int level = 0; level < _walker.Format.Levels.Length - 1; level++)
        {
            PhysicalAddress where = FindOrMakeEntry(address, level)!.Value;
            if ((_walker.Format.TableBits(level) & PageProtection.User) != 0)
                _walker.Write(where, _walker.Read(where).With(PageProtection.User));
        }
    }

    /// <summary>Removes the mapping of one page and flushes it; the tables stay.</summary>
    internal PageTableEntry Unmap(ulong address)
    {
        if (!_walker.TryFindEntry(Root, address, out PhysicalAddress where))
            return default;
        PageTableEntry entry = _walker.Read(where);
        _walker.Write(where, default);
        Tlb.FlushPage(address);
        return entry;
    }

    /// <summary>The entry that maps a page outside low memory, or none.</summary>
    internal PageTableEntry Find(ulong address) =>
        _walker.TryFindEntry(Root, address, out PhysicalAddress where) ? _walker.Read(where) : default;

    private PageProtection Supported(PageProtection protection) => new(protection.Bits & _walker.Format.ProtectionMask);

    private void MapLowMemory()
    {
        PageTableLevel[] levels = _walker.Format.Levels;
        int largest = _layout.Architecture == Architecture.I386 ? 0 : 1;
        ulong physical = 0, end = _layout.EndOfLowMemory.PageAlignUp.Value;
        while (physical < end)
        {
            int level = largest;
            while (level < levels.Length - 1 && (physical % levels[level].Coverage != 0 || end - physical < levels[level].Coverage))
                level++;
            PhysicalAddress entry = FindOrMakeEntry(_layout.PageOffset + physical, level)
                ?? throw new KernelOopsException("No memory for the page tables of low memory");
            ulong large = level < levels.Length - 1 ? PageProtection.LargePage : 0;
            _walker.Write(entry, PageTableEntry.Make(new PhysicalAddress(physical).ToPfn(), new(Supported(PageProtection.Kernel).Bits | large)));
            physical += levels[level].Coverage;
        }
    }

    private PhysicalAddress? FindOrMakeEntry(ulong address, int atLevel = -1)
    {
        int last = atLevel < 0 ? _walker.Format.Levels.Length - 1 : atLevel;
        PhysicalAddress table = Root;
        for (int level = 0; level < last; level++)
        {
            PhysicalAddress where = _walker.EntryAddress(table, level, address);
            PageTableEntry entry = _walker.Read(where);
            if (!entry.IsPresent)
            {
                if (AllocateTable() is not { } below)
                    return null;
                entry = _walker.Read(where);
                if (entry.IsPresent)
                {
                    // A driver's close, run to find memory, has needed the same table.
                    _memory.PageAllocator.Free(_memory.MemoryMap[below.ToPfn()], 0);
                    table = entry.Pfn.ToPhysical();
                    continue;
                }

                entry = PageTableEntry.Make(below.ToPfn(), new(_walker.Format.TableBits(level) & ~PageProtection.User));
                _walker.Write(where, entry);
                TablesSinceBoot += _bootMemoryIsGone ? 1ul : 0;
            }

            table = entry.Pfn.ToPhysical();
        }

        return _walker.EntryAddress(table, last, address);
    }

    private PhysicalAddress? AllocateTable()
    {
        if (_bootMemoryIsGone)
            return _memory.PageAllocator.Allocate(GfpFlags.Kernel | GfpFlags.Zero)?.Pfn.ToPhysical();
        PhysicalAddress table = _memory.BootMemory.Allocate(PageGeometry.PageSize, PhysicalMemory.KernelImageEnd, _layout.EndOfLowMemory);
        _ram.Frame(table.ToPfn()).Clear();
        return table;
    }
}
