using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/mm.h</c>: pages and their references, and what an mmap handler calls.</summary>
/// <remarks>Source: include/linux/mm.h and mm/memory.c of Linux 2.6.20.</remarks>
public static class LinuxMm
{
    /// <summary><c>high_memory</c>: the first logical address above low memory; <c>__pa(high_memory)</c> is where high memory or devices begin.</summary>
    public static KernelLogicalAddress HighMemory => Kernel.Current("high_memory").Memory.Layout.HighMemory;

    /// <summary><c>get_page(page)</c>: one more reference. Every context.</summary>
    /// <exception cref="KernelOopsException">The page is free.</exception>
    public static void GetPage([AllocatesWith(Allocator.PageReference)] Page page) => Kernel.Current("get_page").Memory.PageAllocator.Get(page);

    /// <summary><c>put_page(page)</c>: one reference less; the last one frees the page. Every context.</summary>
    /// <exception cref="KernelOopsException">The page is free already.</exception>
    public static void PutPage([FreesWith(Allocator.PageReference), FreesWith(Allocator.Pages)] Page page) => Kernel.Current("put_page").Memory.PageAllocator.Put(page);

    /// <summary><c>page_count(page)</c>: references; 0 when free. Every context.</summary>
    public static int PageCount(Page page) => page.Head.Count;

    /// <summary><c>page_address(page)</c>: the kernel's address of the page; address 0 for a page of high memory that is not kmapped. Every context.</summary>
    public static KernelVirtualAddress PageAddress([RequiresLowMemory] Page page) => page.Virtual;

    /// <summary><c>vmalloc_to_page(addr)</c>: the page behind a vmalloc address, or null when nothing is mapped there. Every context.</summary>
    public static Page? VmallocToPage(KernelVirtualAddress address) => Kernel.Current("vmalloc_to_page").Vmalloc.ToPage(address);

    /// <summary><c>vmalloc_to_pfn(addr)</c>: the frame behind a vmalloc address. Every context.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there: C follows a null pointer.</exception>
    public static Pfn VmallocToPfn(KernelVirtualAddress address) => VmallocToPage(address) is { } page
        ? page.Pfn
        : throw new KernelOopsException($"vmalloc_to_pfn({address}): not an address that vmalloc() returned");

    /// <summary><c>remap_pfn_range(vma, addr, pfn, size, prot)</c>: maps consecutive frames into an area, all at once. For reserved pages and
    /// device memory; call it from the mmap handler. Sets VM_IO, VM_RESERVED and VM_PFNMAP. Process context; may sleep.</summary>
    /// <param name="vma">The area.</param>
    /// <param name="address">Where the first frame goes.</param>
    /// <param name="pfn">The first frame: a number, not an address.</param>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <param name="prot">Usually <c>vma.VmPageProt</c>.</param>
    /// <returns>0; -EINVAL for a private writable map that it does not cover whole; -ENOMEM.</returns>
    /// <exception cref="KernelOopsException">Size 0, outside the area, or mapped already: BUG_ON in C.</exception>
    [MustCheck]
    [MightSleep]
    public static KernelResult RemapPfnRange(
        VmAreaStruct vma,
        UserVirtualAddress address,
        Pfn pfn,
        [Unit(AddressUnit.Bytes)] ulong size,
        PageProtection prot) =>
        Kernel.Current("remap_pfn_range").VirtualMemory.DriverMappings.RemapPfnRange(vma, address, pfn, size, prot);

    /// <summary><c>io_remap_pfn_range</c>: the same for device memory; on x86 they are one. Process context; may sleep.</summary>
    /// <param name="vma">The area.</param>
    /// <param name="address">Where the first frame goes.</param>
    /// <param name="pfn">The first frame: a number, not an address.</param>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <param name="prot">Usually <c>PgprotNoncached(vma.VmPageProt)</c>.</param>
    /// <returns>0; -EINVAL for a private writable map that it does not cover whole; -ENOMEM.</returns>
    /// <exception cref="KernelOopsException">Size 0, outside the area, or mapped already: BUG_ON in C.</exception>
    [MustCheck]
    [MightSleep]
    public static KernelResult IoRemapPfnRange(
        VmAreaStruct vma,
        UserVirtualAddress address,
        Pfn pfn,
        [Unit(AddressUnit.Bytes)] ulong size,
        PageProtection prot) =>
        RemapPfnRange(vma, address, pfn, size, prot);

    /// <summary><c>vm_insert_page(vma, addr, page)</c>: maps one page and takes a reference to it; it counts as resident. Process context; may sleep.</summary>
    /// <returns>0; -EFAULT outside the area; -EINVAL for a free or anonymous page; -EBUSY if something is mapped there; -ENOMEM.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult VmInsertPage(VmAreaStruct vma, UserVirtualAddress address, Page page) =>
        Kernel.Current("vm_insert_page").VirtualMemory.DriverMappings.InsertPage(vma, address, page);

    /// <summary><c>vm_insert_pfn(vma, addr, pfn)</c>: maps one frame without a reference; it is not counted, and the driver must keep it alive.
    /// The area must be VM_PFNMAP. Process context; may sleep.</summary>
    /// <returns>0; -EFAULT outside the area; -EBUSY if something is mapped there; -ENOMEM.</returns>
    /// <exception cref="KernelOopsException">The area is not VM_PFNMAP, or it is a private writable map: BUG_ON in C.</exception>
    /// <remarks>Added after Linux 2.6.20 (commit e0dc0d8f4a32).</remarks>
    [MustCheck]
    [MightSleep]
    public static KernelResult VmInsertPfn(VmAreaStruct vma, UserVirtualAddress address, Pfn pfn) =>
        Kernel.Current("vm_insert_pfn").VirtualMemory.DriverMappings.InsertPfn(vma, address, pfn);

    /// <summary><c>get_user_pages(current, current->mm, start, nr_pages, write, force, pages, NULL)</c>: the pages behind user addresses, brought into memory and
    /// held, so that a device can use them. While they are held they neither leave memory nor move. Give each back with <see cref="PutPage"/>, after
    /// <see cref="SetPageDirtyLock"/> if the device wrote to it. Process context; may sleep.</summary>
    /// <param name="start">An address in the first page.</param>
    /// <param name="write">The device will write: pages shared with another process are copied now.</param>
    /// <param name="force">Also pages that the process may not use that way itself, if mprotect could allow it.</param>
    /// <param name="pages">Takes the pages; as many as it is long are asked for.</param>
    /// <returns>How many are held, fewer when a later one cannot be had; when the first cannot, -EFAULT (not mapped, not allowed, or device memory: VM_IO, VM_PFNMAP) or -ENOMEM.</returns>
    /// <remarks>Source: mm/memory.c of Linux 2.6.20.</remarks>
    [MustCheck]
    [MightSleep]
    public static KernelResult GetUserPages(UserVirtualAddress start, bool write, bool force, Span<Page?> pages)
    {
        Kernel kernel = Kernel.Current("get_user_pages");
        return kernel.VirtualMemory.UserPages.Get(kernel.CurrentTask.Mm, start, write, force, pages);
    }

    /// <summary><c>mmap_sem(mm)</c>, that is <c>mm->mmap_sem</c>: who holds it for reading keeps the areas as they are, as <c>down_read(&amp;current->mm->mmap_sem)</c> around get_user_pages() does. Under it, user memory that is
    /// not there must not be touched. Does not sleep.</summary>
    public static RwSemaphore MmapSem(MmStruct mm)
    {
        ArgumentNullException.ThrowIfNull(mm);
        return MmapSemaphores.Of(mm);
    }

    /// <summary><c>get_unmapped_area(file, addr, len, pgoff, flags)</c>: where a map would go in the process that runs; nothing is mapped. A driver's
    /// <see cref="FileOperations.GetUnmappedArea"/> asks with file null and makes something of the answer. Process context; does not sleep.</summary>
    /// <param name="file">Whose driver chooses; null: the kernel does.</param>
    /// <param name="address">A wish, or null.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="pgoff">The offset in the file, in pages.</param>
    /// <param name="flags">The flags of mmap(); with MAP_FIXED the address is only checked.</param>
    /// <returns>The address; -ENOMEM without room; -EINVAL for a fixed address inside a page; -EPERM for one below mmap_min_addr.</returns>
    /// <exception cref="KernelOopsException">No process runs.</exception>
    /// <remarks>Source: mm/mmap.c of Linux 2.6.20.</remarks>
    [MustCheck]
    public static KernelResult GetUnmappedArea(
        OpenFile? file,
        UserVirtualAddress address,
        [Unit(AddressUnit.Bytes)] ulong length,
        [Unit(AddressUnit.Pages)] ulong pgoff,
        ulong flags)
    {
        Kernel kernel = Kernel.Current("get_unmapped_area");
        if (kernel.CurrentTask.Mm is not { } mm)
            throw new KernelOopsException($"Unable to handle kernel NULL pointer dereference at virtual address {0:x8}\nThe task {kernel.CurrentTask.Comm} has no address space to look for room in");
        if (length > mm.TaskSize)
            return -Errno.ENOMEM;
        KernelResult found = kernel.VirtualMemory.Placement.Find(mm, file, address, PageGeometry.AlignUp(length), pgoff, (MapFlags)(uint)flags, out UserVirtualAddress start);
        return found.IsError ? found : start.Value;
    }

    /// <summary><c>set_page_dirty_lock(page)</c>: the page holds something new, which must be written before it may go. Process context; may sleep.</summary>
    [MightSleep]
    public static void SetPageDirtyLock(Page page)
    {
        Kernel kernel = Kernel.Current("set_page_dirty_lock");
        AtomicContext.MightSleep(kernel.Machine, "lock_page");
        kernel.VirtualMemory.PageCache.SetDirty(page);
    }
}
