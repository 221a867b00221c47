using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>Files in address spaces: <c>filemap_nopage</c> fills a mapping from the page cache, writeback takes stores to the storage, truncation takes pages away.</summary>
/// <remarks>Source: mm/filemap.c, mm/page-writeback.c and <c>vmtruncate</c> (mm/memory.c) of Linux 2.6.20.</remarks>
internal sealed class FileMappings
{
    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly PageCache _cache;
    private readonly PageTables _tables;
    private readonly ReverseMap _reverseMap;
    private readonly VmOperationsStruct _operations;

    public FileMappings(Machine machine, PhysicalMemory memory, PageCache cache, PageTables tables, ReverseMap reverseMap)
    {
        _machine = machine;
        _memory = memory;
        _cache = cache;
        _tables = tables;
        _reverseMap = reverseMap;
        _operations = new VmOperationsStruct { Nopage = Nopage };
    }

    /// <summary><c>generic_file_mmap</c>: the mmap operation of files in the page cache.</summary>
    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = _operations;
        return 0;
    }

    /// <summary><c>page_mkclean</c> and <c>writepage</c> for every dirty page of a range: what fsync and msync(MS_SYNC) wait for.</summary>
    /// <param name="mapping">The file.</param>
    /// <param name="first">The first page.</param>
    /// <param name="last">The last page.</param>
    /// <returns>0, or -ENOSPC when the storage is full.</returns>
    public KernelResult WriteBack(AddressSpace mapping, ulong first = 0, ulong last = ulong.MaxValue)
    {
        if (mapping.AOps.IsSwapBacked)
            return 0;
        KernelResult result = 0;
        foreach (Page page in PagesOf(mapping, first, last))
        {
            if (_reverseMap.MakeClean(page))
                _cache.SetDirty(page);
            if (!_cache.Write(page))
                result = -Errno.ENOSPC;
        }

        return result;
    }

    /// <summary><c>vmtruncate</c>: sets the size of a file. What lies beyond is gone from every process, private copies included, and from the storage.</summary>
    /// <returns>0; -ENOMEM when the last page of the shorter file cannot be read.</returns>
    public KernelResult Truncate(AddressSpace mapping, long size)
    {
        if (size >= mapping.Host.ISize)
        {
            ClearBeyondEnd(mapping);
            mapping.Host.ISize = size;
            return 0;
        }

        ulong tail = (ulong)size & (PageGeometry.PageSize - 1);
        if (tail != 0 && ClearTail(mapping, (ulong)size >> PageGeometry.PageShift, (int)tail) is { IsError: true } error)
            return error;
        mapping.Host.ISize = size;
        ulong first = PageGeometry.AlignUp((ulong)size) >> PageGeometry.PageShift;
        Unmap(mapping, first);
        _cache.Truncate(mapping, first);
        return 0;
    }

    /// <summary><c>pagecache_isize_extended</c>: what processes have stored behind the end of the file, in its last page, is not part of it when it grows.</summary>
    /// <param name="mapping">The file.</param>
    /// <param name="to">Where a write starts: what lies behind stays, it may never be part of the file.</param>
    public void ClearBeyondEnd(AddressSpace mapping, ulong to = ulong.MaxValue)
    {
        ulong end = (ulong)mapping.Host.ISize, tail = end & (PageGeometry.PageSize - 1);
        if (tail != 0 && _cache.Find(mapping, end >> PageGeometry.PageShift) is { } last)
            _machine.Ram.Frame(last.Pfn).Slice((int)tail, (int)Math.Min(PageGeometry.PageSize - tail, to - end)).Clear();
    }

    /// <summary><c>truncate_partial_page</c>. A private copy of the page keeps its tail, as on Linux.</summary>
    private KernelResult ClearTail(AddressSpace mapping, ulong index, int tail)
    {
        bool inMemory = _cache.Find(mapping, index) is not null;
        if (_cache.FindOrRead(mapping, index, out bool fromStorage) is not { } page)
            return -Errno.ENOMEM;
        if (!inMemory && !fromStorage)
        {
            _cache.Remove(page);
            return 0;
        }

        _machine.Ram.Frame(page.Pfn)[tail..].Clear();
        _cache.SetDirty(page);
        return 0;
    }

    /// <summary>The pages of a range that are in memory, in order.</summary>
    private static Page[] PagesOf(AddressSpace mapping, ulong first, ulong last) =>
        [.. mapping.Pages.Values.Where(page => page.Index >= first && page.Index <= last).OrderBy(page => page.Index)];

    /// <summary><c>unmap_mapping_range</c>.</summary>
    private void Unmap(AddressSpace mapping, ulong first)
    {
        foreach (VmAreaStruct vma in mapping.IMmap)
        {
            ulong pages = vma.Length >> PageGeometry.PageShift;
            ulong skip = first > vma.VmPgoff ? first - vma.VmPgoff : 0;
            if (skip < pages)
                _tables.Zap((MmStruct)vma.VmMm, (vma.VmStart + (skip << PageGeometry.PageShift)).Value, vma.VmEnd.Value);
        }
    }

    /// <summary><c>filemap_nopage</c>: SIGBUS beyond the last page of the file.</summary>
    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        AddressSpace mapping = vma.VmFile!.Inode.IMapping!;
        ulong index = vma.IndexOf(address);
        if (index >= PageGeometry.AlignUp((ulong)mapping.Host.ISize) >> PageGeometry.PageShift)
            return NopageResult.Sigbus;
        if (_cache.FindOrRead(mapping, index, out bool fromStorage) is not { } page)
            return NopageResult.Oom;
        if (fromStorage)
            type = FaultType.Major;
        _memory.PageAllocator.Get(page);
        return page;
    }
}
