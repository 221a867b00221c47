using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/page.h</c>: pages, and the constant offset between logical and physical addresses. Nothing here sleeps; every context.</summary>
/// <remarks>Source: include/asm-i386/page.h of Linux 2.6.20.</remarks>
public static class AsmPage
{
    /// <summary><c>PAGE_SHIFT</c>, 12.</summary>
    public const int PageShift = PageGeometry.PageShift;

    /// <summary><c>PAGE_SIZE</c>, 4096 bytes.</summary>
    [Unit(AddressUnit.Bytes)]
    public const uint PageSize = PageGeometry.PageSize;

    /// <summary><c>PAGE_MASK</c>: clears the offset in a page.</summary>
    public const ulong PageMask = PageGeometry.PageMask;

    /// <summary><c>PAGE_ALIGN(bytes)</c>: bytes rounded up to whole pages.</summary>
    [Pure]
    [return: Unit(AddressUnit.Bytes)]
    public static ulong PageAlign([Unit(AddressUnit.Bytes)] ulong bytes) => PageGeometry.AlignUp(bytes);

    /// <summary><c>get_order(size)</c>: the smallest order whose block holds that many bytes.</summary>
    [Pure]
    public static int GetOrder([Unit(AddressUnit.Bytes)] ulong size) => PageGeometry.Order(size);

    /// <summary><c>__pa(x)</c>: the physical address behind a logical one.</summary>
    /// <exception cref="KernelOopsException">DK2001: the address is not in low memory. DK2002: it is no kernel address.</exception>
    [Pure]
    public static PhysicalAddress Pa([RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress address) =>
        Kernel.Current("__pa").DirectMap.ToPhysical(address, "__pa");

    /// <summary><c>__va(x)</c>: the logical address of low memory.</summary>
    /// <exception cref="KernelOopsException">High memory or a device; DK2002: the number is a kernel address.</exception>
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [Pure]
    public static KernelLogicalAddress Va([RequiresLowMemory] PhysicalAddress address) => Kernel.Current("__va").DirectMap.ToLogical(address, "__va");

    /// <summary><c>virt_to_page(x)</c>: the page behind a logical address. For vmalloc memory use <see cref="LinuxMm.VmallocToPage"/>.</summary>
    /// <exception cref="KernelOopsException">DK2001: the address is not in low memory. DK2002: it is no kernel address.</exception>
    [Pure]
    public static Page VirtToPage(
        [RequiresOrigin(AddressOrigin.LowMemory, VmallocAlternativeType = typeof(LinuxMm), VmallocAlternative = nameof(LinuxMm.VmallocToPage))]
        KernelLogicalAddress address) => Kernel.Current("virt_to_page").DirectMap.ToPage(address);

    /// <summary><c>virt_addr_valid(x)</c>: true for a logical address of existing low memory.</summary>
    [Pure]
    public static bool VirtAddrValid(KernelVirtualAddress address) => Kernel.Current("virt_addr_valid").Memory.Layout.IsLowMemory(address.Value);

    /// <summary><c>pfn_valid(pfn)</c>: true when the frame has a struct page; false for device memory.</summary>
    [Pure]
    public static bool PfnValid(Pfn pfn) => Kernel.Current("pfn_valid").Memory.MemoryMap.IsValid(pfn);

    /// <summary><c>pfn_to_page(pfn)</c>. Ask <see cref="PfnValid"/> first.</summary>
    /// <exception cref="KernelOopsException">The frame has no struct page.</exception>
    [Pure]
    public static Page PfnToPage(Pfn pfn) => Kernel.Current("pfn_to_page").Memory.MemoryMap[pfn];

    /// <summary><c>page_to_pfn(page)</c>.</summary>
    [Pure]
    public static Pfn PageToPfn(Page page) => page.Pfn;
}
