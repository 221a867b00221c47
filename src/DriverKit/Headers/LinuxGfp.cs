using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/gfp.h</c>: whole pages from the buddy allocator. May sleep if the flags have <see cref="GfpFlags.Wait"/>; otherwise every context.</summary>
/// <remarks>Source: include/linux/gfp.h and mm/page_alloc.c of Linux 2.6.20.</remarks>
public static class LinuxGfp
{
    /// <summary><c>alloc_page(flags)</c>: one page, or null without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: AllocatesWith(Allocator.Pages)]
    public static Page? AllocPage(GfpFlags flags) => AllocPages(flags, 0);

    /// <summary><c>alloc_pages(flags, order)</c>: 2^order pages in a row, or null without memory or for an order above 10.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: AllocatesWith(Allocator.Pages, KeyParameter = nameof(order))]
    public static Page? AllocPages(GfpFlags flags, [MustBeBounded] int order)
    {
        Kernel kernel = Kernel.Current("alloc_pages");
        Page? page = kernel.AllocationFails("alloc_pages", flags) ? null : kernel.Memory.PageAllocator.Allocate(flags, order);
        kernel.ModuleMemory?.Took("alloc_pages", page, order);
        return page;
    }

    /// <summary><c>alloc_pages_node(nid, flags, order)</c>: the same, from that node if it can be; null for a node that is not there.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: AllocatesWith(Allocator.Pages, KeyParameter = nameof(order))]
    public static Page? AllocPagesNode(int node, GfpFlags flags, [MustBeBounded] int order)
    {
        Kernel kernel = Kernel.Current("alloc_pages_node");
        Page? page = kernel.AllocationFails("alloc_pages_node", flags) ? null : kernel.Memory.PageAllocator.Allocate(flags, order, node);
        kernel.ModuleMemory?.Took("alloc_pages_node", page, order);
        return page;
    }

    /// <summary><c>__get_free_page(flags)</c>: the logical address of one page; address 0 without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not. Or the flags ask for high memory, which has no address.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Pages)]
    public static KernelLogicalAddress GetFreePage(GfpFlags flags) => GetFreePages(flags, 0);

    /// <summary><c>__get_free_pages(flags, order)</c>: the logical address of 2^order pages; address 0 without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not. Or the flags ask for high memory, which has no address.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Pages, KeyParameter = nameof(order))]
    public static KernelLogicalAddress GetFreePages(GfpFlags flags, [MustBeBounded] int order)
    {
        if ((flags & GfpFlags.HighMem) != 0)
            throw new KernelOopsException("kernel BUG in __get_free_pages: __GFP_HIGHMEM given, but a page of high memory has no logical address; use alloc_pages() and kmap()");
        return AllocPages(flags, order) is { } page ? (KernelLogicalAddress)page.Virtual : default;
    }

    /// <summary><c>get_zeroed_page(flags)</c>: the logical address of one zeroed page; address 0 without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not. Or the flags ask for high memory, which has no address.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Pages)]
    public static KernelLogicalAddress GetZeroedPage(GfpFlags flags) => GetFreePages(flags | GfpFlags.Zero, 0);

    /// <summary><c>__free_page(page)</c>. Every context.</summary>
    /// <exception cref="KernelOopsException">Bad page state: free already, still mapped, reserved, or not from alloc_pages.</exception>
    public static void FreePage([FreesWith(Allocator.Pages), FreesWith(Allocator.PageReference)] Page page) => FreePages(page, 0);

    /// <summary><c>__free_pages(page, order)</c>: with the order it was allocated with. Every context.</summary>
    /// <exception cref="KernelOopsException">Bad page state: free already, still mapped, reserved, or another order.</exception>
    public static void FreePages([FreesWith(Allocator.Pages, KeyParameter = nameof(order)), FreesWith(Allocator.PageReference)] Page page, int order) =>
        Kernel.Current("__free_pages").Memory.PageAllocator.Free(page, order);

    /// <summary><c>free_page(addr)</c>. Address 0 does nothing. Every context.</summary>
    /// <exception cref="KernelOopsException">Bad page state, or not an address of low memory.</exception>
    public static void FreePage(
        [FreesWith(Allocator.Pages, AllowsNull = true)]
        [RequiresOrigin(AddressOrigin.LowMemory, VmallocAlternativeType = typeof(LinuxVmalloc), VmallocAlternative = nameof(LinuxVmalloc.Vfree))]
        KernelLogicalAddress address) => FreePages(address, 0);

    /// <summary><c>free_pages(addr, order)</c>: with the order it was allocated with. Address 0 does nothing. Every context.</summary>
    /// <exception cref="KernelOopsException">Bad page state, or not an address of low memory.</exception>
    public static void FreePages(
        [FreesWith(Allocator.Pages, AllowsNull = true, KeyParameter = nameof(order)), RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress address,
        int order)
    {
        Kernel kernel = Kernel.Current("free_pages");
        if (!address.IsNull)
            kernel.Memory.PageAllocator.Free(kernel.DirectMap.ToPage(address, "free_pages"), order);
    }
}
