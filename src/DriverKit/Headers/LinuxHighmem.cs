using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/highmem.h</c>: kernel addresses for pages of high memory.</summary>
/// <remarks>Source: mm/highmem.c and arch/i386/mm/highmem.c of Linux 2.6.20.</remarks>
public static class LinuxHighmem
{
    /// <summary><c>kmap(page)</c>: an address for the page until <see cref="Kunmap"/>. Process context; may sleep while all entries are used.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context. Or the page is free.</exception>
    [MightSleep]
    [return: ReturnsOrigin(AddressOrigin.Kmap)]
    public static KernelVirtualAddress Kmap([AllocatesWith(Allocator.Kmap)] Page page) => Kernel.Current("kmap").Highmem.Map(page);

    /// <summary><c>kunmap(page)</c>: takes the page, not the address. Process context.</summary>
    /// <exception cref="KernelOopsException">The page is not kmapped.</exception>
    public static void Kunmap([FreesWith(Allocator.Kmap)] Page page) => Kernel.Current("kunmap").Highmem.Unmap(page);

    /// <summary><c>kmap_atomic(page, type)</c>: an address in a slot of this processor; until <see cref="KunmapAtomic"/> nothing may sleep. Every context.</summary>
    /// <exception cref="KernelOopsException">The slot is taken, or the page is free.</exception>
    [Acquires(KernelResource.KmapAtomicSlot)]
    [return: ReturnsOrigin(AddressOrigin.KmapAtomic)]
    public static KernelVirtualAddress KmapAtomic(Page page, KmType type) => Kernel.Current("kmap_atomic").AtomicKmap.Map(page, type);

    /// <summary><c>kunmap_atomic(address, type)</c>: takes the address, not the page, and the slot it came from. Every context.</summary>
    /// <exception cref="KernelOopsException">The slot does not map that address.</exception>
    [Releases(KernelResource.KmapAtomicSlot)]
    public static void KunmapAtomic(KernelVirtualAddress address, KmType type) => Kernel.Current("kunmap_atomic").AtomicKmap.Unmap(address, type);
}
