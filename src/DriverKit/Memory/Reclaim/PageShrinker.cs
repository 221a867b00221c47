using DriverKit.Contracts;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary>What became of a page that reclaim looked at.</summary>
internal enum PageFate
{
    /// <summary>Freed.</summary>
    Freed,

    /// <summary>In use, or not to be had: to the active list.</summary>
    Activated,

    /// <summary>Not now: it stays on the inactive list.</summary>
    Kept,
}

/// <summary><c>shrink_page_list</c>: tries to free one page: unmaps it, writes it where it must be kept, and drops it from its cache.</summary>
/// <remarks>Source: mm/vmscan.c of Linux 2.6.20.</remarks>
internal sealed class PageShrinker(PhysicalMemory memory, PageUnmapper unmapper, PageCache pageCache, SwapCache swapCache)
{
    /// <summary>Tries to free a page that has been taken off the inactive list.</summary>
    /// <param name="page">The page.</param>
    /// <param name="flags">What whoever needs memory may do.</param>
    public PageFate TryToFree(Page page, GfpFlags flags)
    {
        if (IsPinned(page))
            return PageFate.Activated;
        bool referenced = unmapper.IsReferenced(page);
        if (referenced && (page.Mapcount != 0 || page.Has(PageFlags.SwapCache)))
            return PageFate.Activated;
        if (!MayWrite(page, flags))
            return PageFate.Kept;
        if (page.IsAnonymous && !page.Has(PageFlags.SwapCache) && !swapCache.TryAdd(page))
            return PageFate.Activated;
        if (page.Mapcount != 0 && !unmapper.TryToUnmap(page))
        {
            TakeOutOfUnusedSwap(page);
            return PageFate.Activated;
        }

        return page.Has(PageFlags.SwapCache) ? FreeSwapCached(page) : FreeCached(page, referenced);
    }

    /// <summary><c>may_enter_fs</c>: without __GFP_IO nothing is written, without __GFP_FS nothing but anonymous pages, straight to swap.</summary>
    private static bool MayWrite(Page page, GfpFlags flags)
    {
        bool anonymous = page.IsAnonymous || page.Has(PageFlags.SwapCache);
        if (!anonymous && !page.Has(PageFlags.Dirty))
            return true;
        return (flags & (anonymous ? GfpFlags.Io : GfpFlags.Fs)) != 0;
    }

    /// <summary>Somebody beside page tables and caches holds it, as after get_user_pages(), or nobody knows what it belongs to.</summary>
    public static bool IsPinned(Page page)
    {
        bool inSwapCache = page.Has(PageFlags.SwapCache);
        int caches = inSwapCache || page.Mapping is AddressSpace ? 1 : 0;
        return page.Count != page.Mapcount + caches || (page.Mapping is null && !inSwapCache);
    }

    private PageFate FreeSwapCached(Page page)
    {
        if (page.Has(PageFlags.Dirty))
        {
            memory.VmStat.Add(ZoneStat.VmscanWrite, page);
            swapCache.Write(page);
        }

        swapCache.Remove(page);
        return PageFate.Freed;
    }

    /// <summary>A page that has been used since is not worth writing; the next round will tell.</summary>
    private PageFate FreeCached(Page page, bool referenced)
    {
        if (page.Has(PageFlags.Dirty))
        {
            if (referenced)
                return PageFate.Kept;
            memory.VmStat.Add(ZoneStat.VmscanWrite, page);
            if (!pageCache.Write(page))
                return PageFate.Activated;
        }

        pageCache.Remove(page);
        return PageFate.Freed;
    }

    /// <summary>Nothing was unmapped: the block that was taken for it is of no use.</summary>
    private void TakeOutOfUnusedSwap(Page page)
    {
        if (page.Has(PageFlags.SwapCache) && swapCache.HasNoOtherUser(page))
            swapCache.Remove(page);
    }
}
