using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;

namespace DriverKit.Memory.Reclaim;

/// <summary><c>migrate_pages</c>: moves what a page holds to another frame, and all who know it with it.</summary>
/// <remarks>Source: mm/migrate.c of Linux 2.6.20. Nothing else runs meanwhile, so the entries go straight from one frame to the other, without the
/// migration entries that make the real kernel's processes wait.</remarks>
internal sealed class PageMigration(Machine machine, PhysicalMemory memory, PageTables tables, ReverseMap reverseMap, SwapCache swapCache)
{
    /// <summary>Moves a page. A page that somebody holds beside page tables and caches, as get_user_pages() does, stays.</summary>
    /// <param name="page">A page on a reclaim list.</param>
    /// <param name="target">A fresh page; it is given back if the move fails.</param>
    /// <returns>False when the page cannot move.</returns>
    public bool TryToMove(Page page, Page target)
    {
        PageMapping[] mappings = [.. reverseMap.MappingsOf(page)];
        if (PageShrinker.IsPinned(page) || mappings.Length != page.Mapcount || !memory.Lru.Isolate(page))
        {
            memory.PageAllocator.Put(target);
            memory.VmStat.Add(VmEvent.PgmigrateFail);
            return false;
        }

        machine.Ram.Frame(page.Pfn).CopyTo(machine.Ram.Frame(target.Pfn));
        CopyState(page, target);
        memory.PageAllocator.Get(page);
        foreach (PageMapping at in mappings)
        {
            tables.Forget(at.Mm, page, default);
            memory.PageAllocator.Get(target);
            tables.AddMapping(at.Mm, target);
            tables.Replace(at.Mm, at.Address.Value, at.Where, PageTableEntry.Make(target.Pfn, at.Entry.Protection));
        }

        MoveCaches(page, target);
        memory.PageAllocator.Put(page);
        memory.Lru.Putback(target);
        memory.PageAllocator.Put(target);
        memory.VmStat.Add(VmEvent.PgmigrateSuccess);
        return true;
    }

    /// <summary><c>migrate_page_copy</c>: the flags that say something about the contents.</summary>
    private static void CopyState(Page page, Page target)
    {
        const PageFlags Contents = PageFlags.Uptodate | PageFlags.Dirty | PageFlags.Referenced | PageFlags.Active | PageFlags.SwapCache | PageFlags.Error;
        target.Flags |= page.Flags & Contents;
        target.IsAnonymous = page.IsAnonymous;
        target.Mapping = page.Mapping;
        target.Index = page.Index;
    }

    /// <summary><c>migrate_page_move_mapping</c>: the caches' reference goes over; the old page is free with it.</summary>
    private void MoveCaches(Page page, Page target)
    {
        var mapping = page.Mapping as AddressSpace;
        bool inSwapCache = page.Has(PageFlags.SwapCache);
        if (mapping is not null)
        {
            mapping.Pages[page.Index] = target;
            memory.VmStat.Add(ZoneStat.FilePages, page, -1);
            memory.VmStat.Add(ZoneStat.FilePages, target);
            MoveStat(ZoneStat.Shmem, mapping.AOps.IsSwapBacked);
            MoveStat(ZoneStat.Dirty, !mapping.AOps.IsSwapBacked && page.Has(PageFlags.Dirty));
            page.Mapping = null;
        }
        else if (inSwapCache)
        {
            swapCache.Replace(page, target);
        }

        page.Flags &= ~(PageFlags.SwapCache | PageFlags.Active);
        if (mapping is null && !inSwapCache)
            return;
        memory.PageAllocator.Get(target);
        memory.PageAllocator.Put(page);

        void MoveStat(ZoneStat item, bool counts)
        {
            if (!counts)
                return;
            memory.VmStat.Add(item, page, -1);
            memory.VmStat.Add(item, target);
        }
    }
}
