using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Cache;

/// <summary>The page cache: pages of files in memory, found by file and offset. It holds one reference to each.</summary>
/// <remarks>Source: mm/filemap.c and mm/truncate.c of Linux 2.6.20.</remarks>
internal sealed class PageCache(Machine machine, PhysicalMemory memory)
{
    /// <summary><c>find_page</c>: the page, or null when it is not in memory. Takes no reference.</summary>
    public Page? Find(AddressSpace mapping, ulong index) => mapping.Pages.GetValueOrDefault(index);

    /// <summary><c>read_cache_page</c>: the page, read from the storage if need be; null without memory. Takes no reference.</summary>
    /// <param name="mapping">The file.</param>
    /// <param name="index">Which page of it.</param>
    /// <param name="fromStorage">True if the storage had to be read.</param>
    public Page? FindOrRead(AddressSpace mapping, ulong index, out bool fromStorage)
    {
        fromStorage = false;
        if (mapping.Pages.TryGetValue(index, out Page? page))
            return page;
        page = memory.PageAllocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.Zero);
        if (page is null)
            return null;
        if (mapping.Pages.TryGetValue(index, out Page? other))
        {
            // Looking for memory has ended a process, and its driver's close has led back here.
            memory.PageAllocator.Put(page);
            return other;
        }

        fromStorage = mapping.AOps.ReadPage(mapping, index, machine.Ram.Frame(page.Pfn));
        if (fromStorage && !mapping.AOps.IsSwapBacked)
            memory.VmStat.Add(VmEvent.Pgpgin, BlockDevice.BlockSize / 1024);
        Add(mapping, index, page);
        return page;
    }

    /// <summary><c>set_page_dirty</c>: the storage's copy is old now.</summary>
    public void SetDirty(Page page)
    {
        if (page.Has(PageFlags.Dirty))
            return;
        page.Flags |= PageFlags.Dirty;
        if (page.Mapping is AddressSpace { AOps.IsSwapBacked: false })
            memory.VmStat.Add(ZoneStat.Dirty, page);
    }

    /// <summary><c>clear_page_dirty_for_io</c>.</summary>
    /// <returns>True if it was dirty.</returns>
    public bool ClearDirty(Page page)
    {
        if (!page.Has(PageFlags.Dirty))
            return false;
        page.Flags &= ~PageFlags.Dirty;
        if (page.Mapping is AddressSpace { AOps.IsSwapBacked: false })
            memory.VmStat.Add(ZoneStat.Dirty, page, -1);
        return true;
    }

    /// <summary><c>pageout</c>: gives the contents of a dirty page to the storage. No entry of a process may be dirty any more.</summary>
    /// <returns>False when the storage is full; the page is dirty again.</returns>
    public bool Write(Page page)
    {
        var mapping = (AddressSpace)page.Mapping!;
        ClearBeyondEnd(mapping, page);
        if (!ClearDirty(page))
            return true;
        if (!mapping.AOps.WritePage(mapping, page.Index, machine.Ram.Frame(page.Pfn)))
        {
            SetDirty(page);
            return false;
        }

        if (!mapping.AOps.IsSwapBacked)
            memory.VmStat.Add(VmEvent.Pgpgout, BlockDevice.BlockSize / 1024);
        return true;
    }

    /// <summary>What processes have stored behind the end of the file, in its last page, is not part of it: each write to the storage clears it (<c>block_write_full_page</c>).</summary>
    private void ClearBeyondEnd(AddressSpace mapping, Page page)
    {
        if (!page.Has(PageFlags.Dirty) || mapping.AOps.IsSwapBacked)
            return;
        long length = mapping.Host.ISize - (long)(page.Index << PageGeometry.PageShift);
        if (length is >= 0 and < (long)PageGeometry.PageSize)
            machine.Ram.Frame(page.Pfn)[(int)length..].Clear();
    }

    /// <summary><c>remove_from_page_cache</c>: the page no longer belongs to the file; the cache's reference goes.</summary>
    public void Remove(Page page)
    {
        var mapping = (AddressSpace)page.Mapping!;
        ClearDirty(page);
        mapping.Pages.Remove(page.Index);
        page.Mapping = null;
        Count(mapping, page, -1);
        memory.PageAllocator.Put(page);
    }

    /// <summary><c>truncate_inode_pages</c>: drops every page from one on, dirty or not, in memory and in the storage. No process may map them any more.</summary>
    public void Truncate(AddressSpace mapping, ulong first)
    {
        foreach (Page page in mapping.Pages.Values.Where(page => page.Index >= first).ToArray())
            Remove(page);
        mapping.AOps.Discard(mapping, first);
    }

    private void Add(AddressSpace mapping, ulong index, Page page)
    {
        page.Mapping = mapping;
        page.Index = index;
        page.Flags |= PageFlags.Uptodate;
        mapping.Pages.Add(index, page);
        Count(mapping, page, 1);
        memory.Lru.LruCacheAdd(page);
        if (mapping.AOps.IsSwapBacked)
            page.Flags |= PageFlags.Dirty;
    }

    private void Count(AddressSpace mapping, Page page, int change)
    {
        memory.VmStat.Add(ZoneStat.FilePages, page, change);
        if (mapping.AOps.IsSwapBacked)
            memory.VmStat.Add(ZoneStat.Shmem, page, change);
    }
}
