using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/string.h</c>: kernel memory in bulk. Every context; never sleeps.</summary>
public static class LinuxString
{
    /// <summary><c>memset(s, c, count)</c>.</summary>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static void Memset(
        [WritesMemory(SizeParameter = nameof(count))] KernelVirtualAddress address,
        byte value,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong count) => Kernel.Current("memset").AddressSpace.Fill(address, value, count);

    /// <summary><c>memcpy(dest, src, count)</c>; ranges may overlap, so it is <c>memmove</c> too.</summary>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static void Memcpy(
        [WritesMemory(SizeParameter = nameof(count))] KernelVirtualAddress destination,
        [ReadsMemory(SizeParameter = nameof(count))] KernelVirtualAddress source,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong count) =>
        Kernel.Current("memcpy").AddressSpace.Copy(destination, source, count);

    /// <summary><c>memcpy</c> from the driver's own C# data.</summary>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static void Memcpy([WritesMemory(SizeParameter = nameof(source))] KernelVirtualAddress destination, ReadOnlySpan<byte> source) =>
        Kernel.Current("memcpy").AddressSpace.CopyTo(destination, source);

    /// <summary><c>memcpy</c> to the driver's own C# data.</summary>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static void Memcpy(Span<byte> destination, [ReadsMemory(SizeParameter = nameof(destination))] KernelVirtualAddress source) =>
        Kernel.Current("memcpy").AddressSpace.CopyFrom(destination, source);
}
