using System.Runtime.CompilerServices;
using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>Reads and writes page tables in RAM the way the processor's walker does.</summary>
public sealed class PageTableWalker
{
    private readonly PageTableLevel[] _levels;
    private readonly Ram _ram;
    private readonly bool _wide;
    private readonly CachedTable[] _cache = new CachedTable[16];

    internal PageTableWalker(PageTableFormat format, Ram ram)
    {
        Format = format;
        _levels = format.Levels;
        _ram = ram;
        _wide = format.EntrySize == 8;
        FlushTables();
    }

    /// <summary>The shape of the tables.</summary>
    public PageTableFormat Format { get; }

    /// <summary>The entry at a physical address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry Read(PhysicalAddress entry) => new(_wide ? _ram.Ref<ulong>(entry) : _ram.Ref<uint>(entry));

    /// <summary>Changes an entry. The TLB does not notice: whoever changes a present entry flushes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(PhysicalAddress entry, PageTableEntry value)
    {
        if (_wide)
            _ram.Ref<ulong>(entry) = value.Bits;
        else
            _ram.Ref<uint>(entry) = (uint)value.Bits;
    }

    /// <summary>Where in a table of that level the entry for a virtual address stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhysicalAddress EntryAddress(PhysicalAddress table, int level, ulong address) =>
        table + (ulong)(_levels[level].IndexOf(address) * Format.EntrySize);

    /// <summary>Finds the pte-level entry of a virtual address. False when a table on the way is missing or a large page covers it.</summary>
    /// <param name="root">The top-level table (CR3).</param>
    /// <param name="address">The virtual address.</param>
    /// <param name="entry">Where the entry stands.</param>
    public bool TryFindEntry(PhysicalAddress root, ulong address, out PhysicalAddress entry) =>
        Descend(root, address, out entry) == _levels.Length - 1;

    /// <summary>Goes down as far as there are tables. Starts at the lowest one if it has been there just before, as processors do (the
    /// paging-structure caches of Intel's manual, volume 3, 4.10.3).</summary>
    /// <param name="root">The top-level table (CR3).</param>
    /// <param name="address">The virtual address.</param>
    /// <param name="entry">Where the entry of the level reached stands.</param>
    /// <returns>The level reached: the last one, or the one whose entry points to no table.</returns>
    public int Descend(PhysicalAddress root, ulong address, out PhysicalAddress entry)
    {
        PageTableLevel[] levels = _levels;
        int last = levels.Length - 1;
        ulong block = address >> levels[last - 1].Shift;
        ref CachedTable cached = ref _cache[(int)(root.Value >> PageGeometry.PageShift) & (_cache.Length - 1)];
        if (cached.Root == root && cached.Block == block)
        {
            entry = EntryAddress(cached.Table, last, address);
            return last;
        }

        PhysicalAddress table = root;
        for (int level = 0; level < last; level++)
        {
            entry = EntryAddress(table, level, address);
            PageTableEntry directory = Read(entry);
            if (!directory.IsPresent || directory.IsLarge)
                return level;
            table = directory.Pfn.ToPhysical();
        }

        cached = new(root, block, table);
        entry = EntryAddress(table, last, address);
        return last;
    }

    /// <summary>Forgets where tables stand. Whoever takes a table away calls it before the frame serves anything else; on a processor every flush
    /// of the TLB does it.</summary>
    public void FlushTables() => Array.Fill(_cache, new(new(ulong.MaxValue), 0, default));

    /// <summary>Translates as the processor does in user mode: checks every level's permissions, sets the accessed and dirty bits.</summary>
    /// <param name="root">The top-level table (CR3).</param>
    /// <param name="address">The virtual address.</param>
    /// <param name="access">Load, store or instruction fetch.</param>
    /// <param name="entry">The entry that maps the page, with the bits just set; none on a fault.</param>
    /// <returns>The error code the processor would push, or null when the access goes through.</returns>
    public PageFaultError? TranslateUser(PhysicalAddress root, ulong address, AccessType access, out PageTableEntry entry)
    {
        PageFaultError error = PageFaultError.User
            | (access == AccessType.Store ? PageFaultError.Write : 0)
            | (access == AccessType.Fetch ? PageFaultError.InstructionFetch : 0);
        entry = default;
        if (!TryFindEntry(root, address, out PhysicalAddress where))
            return error;
        PageTableEntry found = Read(where);
        if (!found.IsPresent)
            return error;
        if (!found.IsUser
            || (access == AccessType.Store && !found.IsWritable)
            || (access == AccessType.Fetch && (found.Bits & PageProtection.NoExecute) != 0))
            return error | PageFaultError.Protection;
        ulong mark = access == AccessType.Store ? PageProtection.Accessed | PageProtection.Dirty : PageProtection.Accessed;
        entry = found.With(mark);
        if (entry != found)
            Write(where, entry);
        return null;
    }

    /// <summary>A table of the lowest level that was found before.</summary>
    /// <param name="Root">By which top-level table.</param>
    /// <param name="Block">The bits of the addresses that lead to it.</param>
    /// <param name="Table">Where it stands.</param>
    private readonly record struct CachedTable(PhysicalAddress Root, ulong Block, PhysicalAddress Table);
}

/// <summary>What the processor wants to do with an address.</summary>
public enum AccessType
{
    /// <summary>Read.</summary>
    Load,

    /// <summary>Write.</summary>
    Store,

    /// <summary>Execute.</summary>
    Fetch,
}

/// <summary>The error code of x86's page-fault exception.</summary>
[Flags]
public enum PageFaultError
{
    /// <summary>A load in kernel mode of a page that is not present.</summary>
    None = 0,

    /// <summary>The page is present; the protection forbids the access.</summary>
    Protection = 1,

    /// <summary>It was a store.</summary>
    Write = 2,

    /// <summary>In user mode.</summary>
    User = 4,

    /// <summary>It was an instruction fetch.</summary>
    InstructionFetch = 16,
}
