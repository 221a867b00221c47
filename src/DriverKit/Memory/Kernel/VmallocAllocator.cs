using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>vmalloc</c>: memory that is contiguous in the kernel's address space and scattered in RAM, from high memory where there is any.</summary>
/// <remarks>Source: mm/vmalloc.c of Linux 2.6.20.</remarks>
public sealed class VmallocAllocator
{
    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly KernelPageTables _tables;
    private readonly VmallocSpace _space;
    private readonly IKernelLog _log;

    internal VmallocAllocator(Machine machine, PhysicalMemory memory, KernelPageTables tables, VmallocSpace space, IKernelLog log)
    {
        _machine = machine;
        _memory = memory;
        _tables = tables;
        _space = space;
        _log = log;
    }

    /// <summary>Bytes of the vmalloc area in use, guard pages included.</summary>
    public ulong Used => _space.Used;

    /// <summary>The areas of vmalloc and ioremap, in order of address.</summary>
    internal IEnumerable<VmallocArea> Areas => _space.Areas;

    /// <summary><c>vmalloc</c>, <c>__vmalloc</c>: whole pages, or null for size 0, more than there is, or no room.</summary>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <param name="flags">Where the pages come from.</param>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    public KernelVirtualAddress Allocate(ulong size, GfpFlags flags = GfpFlags.Kernel | GfpFlags.HighMem)
    {
        AtomicContext.MightSleep(_machine, "vmalloc");
        ulong count = PageGeometry.PagesFor(size);
        if (count == 0 || count > _memory.TotalPages)
            return default;
        if (!_space.HasRoom(count << PageGeometry.PageShift))
        {
            _log.Write(LogLevel.Warning, "allocation failed: out of vmalloc space - use vmalloc=<size> to increase size.");
            return default;
        }

        var pages = new Page[count];
        for (ulong i = 0; i < count; i++)
        {
            if (_memory.PageAllocator.Allocate(flags) is { } page)
            {
                pages[i] = page;
                continue;
            }

            FreePages(pages.AsSpan(0, (int)i));
            return default;
        }

        if (_space.Map(count << PageGeometry.PageShift, VmallocKind.Vmalloc, pages, i => pages[i].Pfn, PageProtection.Kernel) is { } area)
            return new(area.Start);
        FreePages(pages);
        return default;
    }

    /// <summary><c>vfree</c>. Null does nothing; an address that vmalloc did not return is logged and left alone.</summary>
    public void Free(KernelVirtualAddress address)
    {
        if (address.IsNull)
            return;
        if (!address.IsPageAligned)
        {
            _log.Write(LogLevel.Error, $"Trying to vfree() bad address ({_memory.Layout.Pointer(address.Value)})");
            return;
        }

        if (_space.Find(address.Value) is not { Kind: VmallocKind.Vmalloc } area)
        {
            _log.Write(LogLevel.Error, $"Trying to vfree() nonexistent vm area ({_memory.Layout.Pointer(address.Value)})");
            return;
        }

        _space.Remove(area);
        FreePages(area.Pages);
    }

    /// <summary><c>vmalloc_to_page</c>: the page behind an address of the vmalloc area, or null when nothing of RAM is mapped there.</summary>
    public Page? ToPage(KernelVirtualAddress address)
    {
        if (!_memory.Layout.IsVmalloc(address.Value))
            return null;
        PageTableEntry entry = _tables.Find(address.Value);
        return entry.IsPresent && _memory.MemoryMap.TryGetPage(entry.Pfn, out Page? page) ? page : null;
    }

    private void FreePages(ReadOnlySpan<Page> pages)
    {
        foreach (Page page in pages)
            _memory.PageAllocator.Free(page, 0);
    }
}
