using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Memory.Kernel;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/io.h</c>: device memory and I/O ports. Mapping may sleep; the accessors may be called in every context.</summary>
/// <remarks>Source: include/asm-i386/io.h, arch/i386/mm/ioremap.c and lib/iomap.c of Linux 2.6.20.</remarks>
public static partial class AsmIo
{
    /// <summary><c>virt_to_phys(addr)</c>: the physical address behind a logical one.</summary>
    /// <exception cref="KernelOopsException">DK2001: the address is not in low memory. DK2002: it is no kernel address.</exception>
    [Pure]
    public static PhysicalAddress VirtToPhys([RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress address) =>
        Kernel.Current("virt_to_phys").DirectMap.ToPhysical(address, "virt_to_phys");

    /// <summary><c>phys_to_virt(addr)</c>: the logical address of low memory.</summary>
    /// <exception cref="KernelOopsException">High memory or a device; DK2002: the number is a kernel address.</exception>
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [Pure]
    public static KernelLogicalAddress PhysToVirt([RequiresLowMemory] PhysicalAddress address) =>
        Kernel.Current("phys_to_virt").DirectMap.ToLogical(address, "phys_to_virt");

    /// <summary><c>ioremap(offset, size)</c>: makes device memory visible, uncached; address 0 for an empty or wrapping range, for RAM in use, or
    /// without room. Process context; may sleep.</summary>
    /// <param name="start">First physical address.</param>
    /// <param name="size">Bytes.</param>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [return: ReturnsOrigin(AddressOrigin.Ioremap)]
    [return: AllocatesWith(Allocator.Ioremap)]
    public static IoAddress Ioremap(PhysicalAddress start, [Unit(AddressUnit.Bytes)] ulong size)
    {
        Kernel kernel = Kernel.Current("ioremap");
        IoAddress address = kernel.IoMemory.Map(start, size);
        kernel.ModuleMemory?.Took(Allocator.Ioremap, "ioremap", address.PageAlignDown.Value, size);
        return address;
    }

    /// <summary><c>ioremap_nocache(offset, size)</c>: on x86 the same as <see cref="Ioremap"/>.</summary>
    /// <param name="start">First physical address.</param>
    /// <param name="size">Bytes.</param>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [return: ReturnsOrigin(AddressOrigin.Ioremap)]
    [return: AllocatesWith(Allocator.Ioremap)]
    public static IoAddress IoremapNocache(PhysicalAddress start, [Unit(AddressUnit.Bytes)] ulong size) => Ioremap(start, size);

    /// <summary><c>iounmap(addr)</c>. An address that ioremap did not return is logged. Process context.</summary>
    public static void Iounmap([FreesWith(Allocator.Ioremap, AllowsNull = true)] IoAddress address)
    {
        Kernel kernel = Kernel.Current("iounmap");
        kernel.IoMemory.Unmap(address);
        kernel.ModuleMemory?.Gave(Allocator.Ioremap, address.PageAlignDown.Value);
    }

    /// <summary><c>readb(addr)</c>: an 8-bit load.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static byte Readb(IoAddress address) => (byte)Io("readb").Read(address, sizeof(byte));

    /// <summary><c>readw(addr)</c>: a 16-bit load.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static ushort Readw(IoAddress address) => (ushort)Io("readw").Read(address, sizeof(ushort));

    /// <summary><c>readl(addr)</c>: a 32-bit load.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static uint Readl(IoAddress address) => (uint)Io("readl").Read(address, sizeof(uint));

    /// <summary><c>writeb(value, addr)</c>: an 8-bit store. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static void Writeb([ToDevice] byte value, IoAddress address) => Io("writeb").Write(address, sizeof(byte), value);

    /// <summary><c>writew(value, addr)</c>: a 16-bit store. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static void Writew([ToDevice] ushort value, IoAddress address) => Io("writew").Write(address, sizeof(ushort), value);

    /// <summary><c>writel(value, addr)</c>: a 32-bit store. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static void Writel([ToDevice] uint value, IoAddress address) => Io("writel").Write(address, sizeof(uint), value);

    /// <summary><c>memcpy_fromio(dst, src, count)</c>.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap, or a bad kernel address.</exception>
    public static void MemcpyFromio(
        [WritesMemory(SizeParameter = nameof(count))] KernelVirtualAddress destination,
        IoAddress source,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong count)
    {
        Kernel kernel = Kernel.Current("memcpy_fromio");
        for (ulong i = 0; i < count; i++)
            kernel.AddressSpace.Store(destination + i, (byte)kernel.IoMemory.Read(source + i, sizeof(byte)));
    }

    /// <summary><c>memcpy_toio(dst, src, count)</c>.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap, or a bad kernel address.</exception>
    public static void MemcpyToio(
        IoAddress destination,
        [ReadsMemory(SizeParameter = nameof(count))] KernelVirtualAddress source,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong count)
    {
        Kernel kernel = Kernel.Current("memcpy_toio");
        for (ulong i = 0; i < count; i++)
            kernel.IoMemory.Write(destination + i, sizeof(byte), kernel.AddressSpace.Load<byte>(source + i));
    }

    /// <summary><c>memset_io(addr, value, count)</c>.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap.</exception>
    public static void MemsetIo(IoAddress address, byte value, [MustBeBounded, Unit(AddressUnit.Bytes)] ulong count)
    {
        IoMemory io = Io("memset_io");
        for (ulong i = 0; i < count; i++)
            io.Write(address + i, sizeof(byte), value);
    }

    private static IoMemory Io(string function) => Kernel.Current(function).IoMemory;
}
