using System.Diagnostics.CodeAnalysis;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary><c>mem_map</c>: the <see cref="Page"/> of every frame. Sparse: pages come to life 256 at a time, when one is first asked for.</summary>
public sealed class MemoryMap
{
    private const int SectionShift = 6;
    private const int SectionPages = 1 << SectionShift;

    private readonly Page[]?[] _sections;
    private readonly Ram _ram;
    private readonly MemoryLayout _layout;
    private readonly List<Zone> _zones = [];
    private Func<Pfn, bool> _isReservedAtBoot = _ => false;

    internal MemoryMap(Ram ram, MemoryLayout layout)
    {
        _ram = ram;
        _layout = layout;
        Frames = ram.End.ToPfn();
        _sections = new Page[]?[(Frames.Value + SectionPages - 1) >> SectionShift];
    }

    /// <summary><c>max_pfn</c>: the number of the first frame above RAM.</summary>
    public Pfn Frames { get; }

    /// <summary><c>pfn_valid</c>: true when the frame has a <see cref="Page"/>. Device memory has none.</summary>
    public bool IsValid(Pfn pfn) => pfn < Frames && _ram.Contains(pfn.ToPhysical());

    /// <summary><c>pfn_to_page</c> for a frame that may not exist.</summary>
    public bool TryGetPage(Pfn pfn, [NotNullWhen(true)] out Page? page)
    {
        if (pfn.Value < Frames.Value && (_sections[pfn.Value >> SectionShift] ?? Materialise(pfn)) is { } section)
        {
            page = section[pfn.Value & (SectionPages - 1)];
            return true;
        }

        page = null;
        return false;
    }

    /// <summary>The page of a frame if anybody has asked for it or one of its neighbours yet; one that nobody knows is not in use.</summary>
    internal Page? Known(Pfn pfn) => pfn < Frames ? _sections[pfn.Value >> SectionShift]?[pfn.Value & (SectionPages - 1)] : null;

    /// <summary><c>pfn_to_page</c>.</summary>
    /// <exception cref="KernelOopsException">The frame has no page: C would compute a pointer past the map.</exception>
    public Page this[Pfn pfn] => TryGetPage(pfn, out Page? page)
        ? page
        : throw new KernelOopsException($"pfn_to_page: {pfn} has no struct page; RAM ends at pfn 0x{Frames.Value:x}. Ask pfn_valid() first: device memory is not in the memory map");

    /// <summary>Stops a function that was given the page of another machine.</summary>
    /// <exception cref="KernelOopsException">The page is not one of this map.</exception>
    internal void Verify(Page page, string function)
    {
        if (!TryGetPage(page.Pfn, out Page? own) || own != page)
            throw new KernelOopsException($"kernel BUG in {function}: {page.Pfn} is a page of another machine");
    }

    internal void AddZone(Zone zone) => _zones.Add(zone);

    internal void ReserveAtBoot(Func<Pfn, bool> isReserved) => _isReservedAtBoot = isReserved;

    private Page[]? Materialise(Pfn pfn)
    {
        if (!IsValid(pfn))
            return null;
        ulong first = pfn.Value & ~(ulong)(SectionPages - 1);
        var section = new Page[SectionPages];
        for (int i = 0; i < SectionPages; i++)
        {
            var frame = new Pfn(first + (ulong)i);
            var page = new Page(frame, ZoneOf(frame));
            if (frame.ToPhysical() < _layout.EndOfLowMemory)
                page.Virtual = new(_layout.PageOffset + frame.ToPhysical().Value);
            if (_isReservedAtBoot(frame))
            {
                page.Flags = PageFlags.Reserved;
                page.Count = 1;
            }

            section[i] = page;
        }

        return _sections[pfn.Value >> SectionShift] = section;
    }

    private Zone? ZoneOf(Pfn pfn)
    {
        foreach (Zone zone in _zones)
        {
            if (pfn >= zone.StartPfn && pfn < zone.EndPfn)
                return zone;
        }

        return null;
    }
}
