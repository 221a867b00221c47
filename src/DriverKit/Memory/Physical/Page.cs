using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary><c>struct page</c>: what the kernel knows about one frame of memory. One exists per frame, for good.</summary>
/// <remarks>Source: include/linux/mm.h of Linux 2.6.20. Unlike C's, <see cref="Count"/> is read-only: <c>get_page</c> and <c>put_page</c> change it.</remarks>
public sealed class Page
{
    internal Page(Pfn pfn, Zone? zone)
    {
        Pfn = pfn;
        Zone = zone;
    }

    /// <summary>The frame (<c>page_to_pfn</c>).</summary>
    public Pfn Pfn { get; }

    /// <summary>The zone the frame lies in (<c>page_zone</c>); null for a hole in the memory map.</summary>
    public Zone? Zone { get; }

    /// <summary><c>flags</c>: the PG_ bits.</summary>
    public PageFlags Flags { get; internal set; }

    /// <summary><c>_count</c>: how many hold the page; it is free at zero (<c>page_count</c>).</summary>
    public int Count { get; internal set; }

    /// <summary>How often the frame has been handed out.</summary>
    internal uint Allocations { get; set; }

    /// <summary><c>_mapcount</c> + 1: how many page-table entries of processes map it (<c>page_mapcount</c>).</summary>
    public int Mapcount { get; internal set; }

    /// <summary><c>virtual</c>: the kernel's address of the page, or null while a page of high memory is not kmapped.</summary>
    public KernelVirtualAddress Virtual { get; internal set; }

    /// <summary><c>mapping</c>: the owner of a page in a cache; null otherwise.</summary>
    public object? Mapping { get; internal set; }

    /// <summary><c>index</c>: the offset in its mapping, in pages.</summary>
    public ulong Index { get; set; }

    /// <summary><c>private</c>: the owner's own word.</summary>
    public ulong Private { get; set; }

    /// <summary>The first page of the compound page this one belongs to; itself otherwise.</summary>
    public Page Head => _head ?? this;

    private Page? _head;

    /// <summary>The order of a compound page, on its first page.</summary>
    internal int CompoundOrder { get; private set; }

    /// <summary>True for a page of high memory (<c>PageHighMem</c>).</summary>
    public bool IsHighMemory => Zone is { Type: ZoneType.HighMem };

    /// <summary>True while the page belongs to a process's anonymous memory (<c>PageAnon</c>).</summary>
    public bool IsAnonymous { get; internal set; }

    /// <summary>The next page on its reclaim list (<c>lru.next</c>), towards the tail.</summary>
    internal Page? LruNext { get; set; }

    /// <summary>The page before it on its reclaim list (<c>lru.prev</c>), towards the head.</summary>
    internal Page? LruPrevious { get; set; }

    internal bool Has(PageFlags flags) => (Flags & flags) != 0;

    internal void JoinCompound(Page head, int order)
    {
        Flags |= PageFlags.Compound;
        _head = head;
        CompoundOrder = order;
    }

    internal void LeaveCompound()
    {
        Flags &= ~PageFlags.Compound;
        _head = null;
        CompoundOrder = 0;
    }

    /// <summary>The frame with count, map count and flags, as a "Bad page state" report prints them.</summary>
    public override string ToString() => $"page {Pfn} flags:0x{(uint)Flags:x8} ({Flags}) mapcount:{Mapcount} count:{Count}";
}
