using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>The active and the inactive list of each zone: which pages reclaim looks at first. A list holds no reference to its pages.</summary>
/// <remarks>Source: mm/swap.c and include/linux/mm_inline.h of Linux 2.6.20, without the per-processor batches: a page is on its list at once.</remarks>
internal sealed class PageLru(VmStat stat)
{
    /// <summary><c>lru_cache_add</c>: a page new to its owner, to the head of the inactive list.</summary>
    /// <exception cref="KernelOopsException">It is on a list already.</exception>
    public void LruCacheAdd(Page page)
    {
        page.Flags &= ~PageFlags.Active;
        Putback(page);
    }

    /// <summary><c>lru_cache_add_active</c>: a page that a process is about to use, to the head of the active list.</summary>
    /// <exception cref="KernelOopsException">It is on a list already.</exception>
    public void LruCacheAddActive(Page page)
    {
        page.Flags |= PageFlags.Active;
        Putback(page);
    }

    /// <summary><c>mark_page_accessed</c>: inactive and unreferenced becomes referenced; inactive and referenced becomes active and unreferenced; active becomes referenced.</summary>
    public void MarkPageAccessed(Page page)
    {
        if (!page.Has(PageFlags.Referenced))
        {
            page.Flags |= PageFlags.Referenced;
        }
        else if (page.Has(PageFlags.Lru) && !page.Has(PageFlags.Active))
        {
            ActivatePage(page);
            page.Flags &= ~PageFlags.Referenced;
        }
    }

    /// <summary><c>activate_page</c>: from the inactive list to the head of the active one. Any other page stays where it is.</summary>
    public void ActivatePage(Page page)
    {
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Active))
            return;
        page.Zone!.InactiveList.Remove(page);
        page.Flags |= PageFlags.Active;
        page.Zone.ActiveList.AddHead(page);
        stat.Add(VmEvent.Pgactivate);
    }

    /// <summary>The way back, as <c>shrink_active_list</c> goes it: from the active list to the head of the inactive one. Any other page stays where it is.</summary>
    public void DeactivatePage(Page page)
    {
        if (!page.Has(PageFlags.Lru) || !page.Has(PageFlags.Active))
            return;
        page.Zone!.ActiveList.Remove(page);
        page.Flags &= ~PageFlags.Active;
        page.Zone.InactiveList.AddHead(page);
        stat.Add(VmEvent.Pgdeactivate);
    }

    /// <summary><c>rotate_reclaimable_page</c>: an inactive page whose write-back is done goes to the tail, where reclaim finds it next.</summary>
    public void RotateToTail(Page page)
    {
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Active | PageFlags.Locked | PageFlags.Dirty))
            return;
        page.Zone!.InactiveList.Remove(page);
        page.Zone.InactiveList.AddTail(page);
        stat.Add(VmEvent.Pgrotated);
    }

    /// <summary><c>isolate_lru_page</c>: off its list for a while; PG_active remembers which one it was. False when it is on none.</summary>
    public bool Isolate(Page page)
    {
        if (!page.Has(PageFlags.Lru))
            return false;
        ListOf(page).Remove(page);
        page.Flags &= ~PageFlags.Lru;
        return true;
    }

    /// <summary><c>putback_lru_page</c>: to the head of the list that PG_active names.</summary>
    /// <exception cref="KernelOopsException">It is on a list already, or lies in no zone.</exception>
    public void Putback(Page page)
    {
        if (page.Has(PageFlags.Lru) || page.Zone is null)
            throw new KernelOopsException($"kernel BUG in lru_cache_add: the page is {(page.Zone is null ? "in no zone" : "on a reclaim list already")}\n{page}");
        page.Flags |= PageFlags.Lru;
        ListOf(page).AddHead(page);
    }

    /// <summary><c>del_page_from_lru</c>: off its list for good. A page on none stays as it is.</summary>
    public void Remove(Page page)
    {
        if (Isolate(page))
            page.Flags &= ~PageFlags.Active;
    }

    private static LruList ListOf(Page page) => page.Has(PageFlags.Active) ? page.Zone!.ActiveList : page.Zone!.InactiveList;
}
