using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>A page-table entry that maps a page.</summary>
/// <param name="Vma">The area.</param>
/// <param name="Address">Where in it.</param>
/// <param name="Where">Where the entry stands.</param>
/// <param name="Entry">The entry.</param>
internal readonly record struct PageMapping(VmAreaStruct Vma, UserVirtualAddress Address, PhysicalAddress Where, PageTableEntry Entry)
{
    public MmStruct Mm => (MmStruct)Vma.VmMm;
}

/// <summary>From a page to the page-table entries that map it: reverse mapping by object (<c>mm/rmap.c</c>).</summary>
/// <remarks>A page knows the file or the <see cref="AnonVma"/> it belongs to, and its place there; each area linked to that says at which address
/// the place would be, and the page tables say whether it is.</remarks>
internal sealed class ReverseMap(PageTables tables)
{
    /// <summary><c>rmap_walk</c>: the entries that map a page. Each may be changed while it is looked at.</summary>
    public IEnumerable<PageMapping> MappingsOf(Page page)
    {
        if (page.Mapcount == 0)
            yield break;
        IEnumerable<VmAreaStruct> areas = page.Mapping switch
        {
            AnonVma anonVma => anonVma.Areas,
            AddressSpace mapping => mapping.IMmap,
            _ => [],
        };
        foreach (VmAreaStruct vma in areas)
        {
            ulong offset = unchecked(page.Index - vma.VmPgoff);
            if (offset >= vma.Length >> PageGeometry.PageShift)
                continue;
            UserVirtualAddress address = vma.VmStart + (offset << PageGeometry.PageShift);
            if (tables.TryFind((MmStruct)vma.VmMm, address.Value, out PhysicalAddress where)
                && tables.Read(where) is { IsResident: true } entry && entry.Pfn == page.Pfn && !entry.IsSpecial)
                yield return new(vma, address, where, entry);
        }
    }

    /// <summary><c>page_mkclean</c>: takes the dirty and writable bits out of every shared entry, so that the next store is noticed.</summary>
    /// <returns>True if one was dirty.</returns>
    public bool MakeClean(Page page)
    {
        bool wasDirty = false;
        foreach (PageMapping at in MappingsOf(page))
        {
            if (!at.Vma.Has(VmFlags.Shared) || !(at.Entry.IsDirty || at.Entry.IsWritable))
                continue;
            wasDirty |= at.Entry.IsDirty;
            tables.Replace(at.Mm, at.Address.Value, at.Where, at.Entry.Without(PageProtection.Writable | PageProtection.Dirty));
        }

        return wasDirty;
    }
}
