using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Cache;

/// <summary>Anonymous pages that have a block in swap while they are in memory: on their way out, or just read in for one of several processes.</summary>
/// <remarks>The cache holds one reference to the page and one to the block. Source: mm/swap_state.c of Linux 2.6.20.</remarks>
internal sealed class SwapCache(Machine machine, PhysicalMemory memory, SwapSpace space)
{
    private readonly Dictionary<SwapEntry, Page> _pages = [];

    /// <summary><c>total_swapcache_pages</c>.</summary>
    public ulong Count => (ulong)_pages.Count;

    /// <summary><c>lookup_swap_cache</c>; takes no reference.</summary>
    public Page? Find(SwapEntry entry) => _pages.GetValueOrDefault(entry);

    /// <summary><c>add_to_swap</c>: gives a page a block, so that it can be unmapped.</summary>
    /// <returns>False when swap is full.</returns>
    public bool TryAdd(Page page)
    {
        if (!space.TryAllocate(out SwapEntry entry))
            return false;
        Insert(page, entry);
        page.Flags |= PageFlags.Dirty;
        return true;
    }

    /// <summary><c>read_swap_cache_async</c>: the page of a block, from the cache or from the disk; null without memory.</summary>
    /// <param name="entry">The block.</param>
    /// <param name="fromDisk">True if it had to be read.</param>
    public Page? FindOrRead(SwapEntry entry, out bool fromDisk)
    {
        fromDisk = false;
        if (_pages.TryGetValue(entry, out Page? page))
            return page;
        page = memory.PageAllocator.Allocate(GfpFlags.HighUserMovable);
        if (page is null)
            return null;
        fromDisk = true;
        memory.VmStat.Add(VmEvent.Pswpin);
        memory.VmStat.Add(VmEvent.Pgpgin, BlockDevice.BlockSize / 1024);
        space.Read(entry, machine.Ram.Frame(page.Pfn));
        space.Duplicate(entry);
        Insert(page, entry);
        page.Flags |= PageFlags.Uptodate;
        memory.Lru.LruCacheAddActive(page);
        memory.PageAllocator.Put(page);
        return page;
    }

    /// <summary><c>swp_swapcount</c>: how many page-table entries refer to a block.</summary>
    public int EntriesOf(SwapEntry entry) => space.UsersOf(entry) - (_pages.ContainsKey(entry) ? 1 : 0);

    /// <summary>True when no page-table entry refers to the page's block.</summary>
    public bool HasNoOtherUser(Page page) => space.UsersOf(SwapEntry.Of(page.Private)) == 1;

    /// <summary>Another page takes a page's place (<c>migrate_page_move_mapping</c>).</summary>
    public void Replace(Page old, Page page)
    {
        _pages[SwapEntry.Of(old.Private)] = page;
        memory.VmStat.Add(ZoneStat.FilePages, old, -1);
        memory.VmStat.Add(ZoneStat.FilePages, page);
        page.Private = old.Private;
        old.Private = 0;
    }

    /// <summary><c>swap_writepage</c>: the block has what the page has.</summary>
    public void Write(Page page)
    {
        memory.VmStat.Add(VmEvent.Pswpout);
        memory.VmStat.Add(VmEvent.Pgpgout, BlockDevice.BlockSize / 1024);
        page.Flags &= ~PageFlags.Dirty;
        space.Write(SwapEntry.Of(page.Private), machine.Ram.Frame(page.Pfn));
    }

    /// <summary><c>delete_from_swap_cache</c>: the page is only in memory from now on, or gone with its last reference.</summary>
    public void Remove(Page page)
    {
        SwapEntry entry = SwapEntry.Of(page.Private);
        _pages.Remove(entry);
        memory.VmStat.Add(ZoneStat.FilePages, page, -1);
        page.Flags = (page.Flags & ~PageFlags.SwapCache) | PageFlags.Dirty;
        page.Private = 0;
        space.Free(entry);
        memory.PageAllocator.Put(page);
    }

    /// <summary><c>swap_duplicate</c>: one more page-table entry refers to the block.</summary>
    public void Duplicate(SwapEntry entry) => space.Duplicate(entry);

    /// <summary><c>free_swap_and_cache</c>: a page-table entry no longer refers to the block. When only the cache does, the page needs it no more.</summary>
    public void Forget(SwapEntry entry)
    {
        if (space.Free(entry) == 1 && _pages.TryGetValue(entry, out Page? page))
            Remove(page);
    }

    private void Insert(Page page, SwapEntry entry)
    {
        memory.PageAllocator.Get(page);
        page.Flags |= PageFlags.SwapCache;
        page.Private = entry.ToPte().Bits;
        _pages.Add(entry, page);
        memory.VmStat.Add(ZoneStat.FilePages, page);
    }
}
