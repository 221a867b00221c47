using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/vmalloc.h</c>: large memory that is contiguous only in the kernel's address space. Process context; may sleep.</summary>
/// <remarks>Source: mm/vmalloc.c of Linux 2.6.20.</remarks>
public static class LinuxVmalloc
{
    /// <summary><c>vmalloc(size)</c>: whole pages, not zeroed; address 0 for size 0 or without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [return: ReturnsOrigin(AddressOrigin.Vmalloc)]
    [return: AllocatesWith(Allocator.Vmalloc)]
    public static KernelVirtualAddress Vmalloc([MustBeBounded, Unit(AddressUnit.Bytes)] ulong size)
    {
        Kernel kernel = Kernel.Current("vmalloc");
        KernelVirtualAddress address = kernel.AllocationFails("vmalloc", GfpFlags.Kernel) ? default : kernel.Vmalloc.Allocate(size);
        kernel.ModuleMemory?.Took(Allocator.Vmalloc, "vmalloc", address.Value, size);
        return address;
    }

    /// <summary><c>vmalloc_32(size)</c>: the same, from memory below 4 GiB that is always mapped.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [return: ReturnsOrigin(AddressOrigin.Vmalloc)]
    [return: AllocatesWith(Allocator.Vmalloc)]
    public static KernelVirtualAddress Vmalloc32([MustBeBounded, Unit(AddressUnit.Bytes)] ulong size)
    {
        Kernel kernel = Kernel.Current("vmalloc_32");
        KernelVirtualAddress address = kernel.AllocationFails("vmalloc_32", GfpFlags.Kernel) ? default : kernel.Vmalloc.Allocate(size, GfpFlags.Kernel | GfpFlags.Dma32);
        kernel.ModuleMemory?.Took(Allocator.Vmalloc, "vmalloc_32", address.Value, size);
        return address;
    }

    /// <summary><c>vfree(addr)</c>. Address 0 does nothing; an address that vmalloc did not return is logged. Process context.</summary>
    public static void Vfree([FreesWith(Allocator.Vmalloc, AllowsNull = true)] KernelVirtualAddress address)
    {
        Kernel kernel = Kernel.Current("vfree");
        kernel.Vmalloc.Free(address);
        kernel.ModuleMemory?.Gave(Allocator.Vmalloc, address.Value);
    }
}
