using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary>What reclaim asks of the processes that map a page: whether they have used it, and to let go of it.</summary>
/// <remarks>Source: <c>page_referenced</c> and <c>try_to_unmap</c>, mm/rmap.c of Linux 2.6.20.</remarks>
internal sealed class PageUnmapper(PageTables tables, ReverseMap reverseMap, SwapCache swapCache)
{
    /// <summary>Areas whose pages stay: locked ones, and those a driver has reserved.</summary>
    private const VmFlags Kept = VmFlags.Locked | VmFlags.Reserved | VmFlags.Io;

    /// <summary><c>page_referenced</c>: has anybody used it since the last look? The accessed bits are taken away, so that the next look starts afresh.</summary>
    public bool IsReferenced(Page page)
    {
        bool referenced = page.Has(PageFlags.Referenced);
        page.Flags &= ~PageFlags.Referenced;
        foreach (PageMapping at in reverseMap.MappingsOf(page))
        {
            if (!at.Entry.IsAccessed)
                continue;
            tables.Replace(at.Mm, at.Address.Value, at.Where, at.Entry.Without(PageProtection.Accessed));
            referenced = true;
        }

        return referenced;
    }

    /// <summary><c>try_to_unmap</c>: takes the page out of every page table; an anonymous one, which is in the swap cache, leaves its block there.</summary>
    /// <returns>False when an area must keep it, or not every mapping was found; some may be gone then.</returns>
    public bool TryToUnmap(Page page)
    {
        PageMapping[] mappings = [.. reverseMap.MappingsOf(page)];
        if (mappings.Length != page.Mapcount || Array.Exists(mappings, at => at.Vma.Has(Kept)))
            return false;
        foreach (PageMapping at in mappings)
        {
            PageTableEntry left = default;
            if (page.IsAnonymous)
            {
                var block = SwapEntry.Of(page.Private);
                swapCache.Duplicate(block);
                at.Mm.SwapEntries++;
                left = block.ToPte();
            }

            tables.Replace(at.Mm, at.Address.Value, at.Where, left);
            tables.Forget(at.Mm, page, at.Entry.Without(PageProtection.Accessed));
        }

        return true;
    }
}
