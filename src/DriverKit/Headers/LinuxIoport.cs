using DriverKit.Contracts;
using DriverKit.Io;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/ioport.h</c>: claims on physical addresses and I/O ports, shown in /proc/iomem and /proc/ioports. Process context.</summary>
/// <remarks>A claim only keeps other drivers out: it makes nothing accessible, and nothing is checked against it. Source: kernel/resource.c of Linux 2.6.20.</remarks>
public static class LinuxIoport
{
    /// <summary><c>request_mem_region(start, n, name)</c>: claims physical addresses; null when the range is in use, empty or wraps. May sleep.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    public static Resource? RequestMemRegion(
        [AllocatesWith(Allocator.MemRegion, KeyParameter = nameof(n))] PhysicalAddress start,
        [Unit(AddressUnit.Bytes)] ulong n,
        string name) =>
        Kernel.Current("request_mem_region").Resources.Request(start.Value, n, name, "request_mem_region");

    /// <summary><c>release_mem_region(start, n)</c>: gives it back. A range that nobody claimed is logged. Does not sleep.</summary>
    public static void ReleaseMemRegion(
        [FreesWith(Allocator.MemRegion, KeyParameter = nameof(n))] PhysicalAddress start,
        [Unit(AddressUnit.Bytes)] ulong n) => Kernel.Current("release_mem_region").Resources.Release(start.Value, n);

    /// <summary><c>request_region(start, n, name)</c>: claims I/O ports; null when one is in use, there is none, or one is above 0xffff. May sleep.</summary>
    /// <param name="start">The first port.</param>
    /// <param name="n">How many.</param>
    /// <param name="name">The driver, as /proc/ioports prints it.</param>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    public static Resource? RequestRegion([AllocatesWith(Allocator.IoRegion, KeyParameter = nameof(n))] ulong start, ulong n, string name) =>
        Kernel.Current("request_region").IoPorts.Request(start, n, name, "request_region");

    /// <summary><c>release_region(start, n)</c>: gives them back. A range that nobody claimed is logged. Does not sleep.</summary>
    /// <param name="start">The first port.</param>
    /// <param name="n">How many, as they were claimed.</param>
    public static void ReleaseRegion([FreesWith(Allocator.IoRegion, KeyParameter = nameof(n))] ulong start, ulong n) =>
        Kernel.Current("release_region").IoPorts.Release(start, n);

    /// <summary><c>check_region(start, n)</c>: whether ports are free now. Another driver may claim them before this one does, so it is deprecated:
    /// use <see cref="RequestRegion"/> and look at its result. May sleep.</summary>
    /// <param name="start">The first port.</param>
    /// <param name="n">How many.</param>
    /// <returns>0, or -EBUSY.</returns>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    public static KernelResult CheckRegion(ulong start, ulong n)
    {
        ResourceTree ports = Kernel.Current("check_region").IoPorts;
        if (ports.Request(start, n, "check-region", "check_region") is null)
            return -Errno.EBUSY;
        ports.Release(start, n);
        return 0;
    }
}
