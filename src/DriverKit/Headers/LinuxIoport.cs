using DriverKit.Contracts;
using DriverKit.Io;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/ioport.h</c>: claims on physical addresses, shown in /proc/iomem. Process context; may sleep.</summary>
/// <remarks>Source: kernel/resource.c of Linux 2.6.20.</remarks>
public static class LinuxIoport
{
    /// <summary><c>request_mem_region(start, n, name)</c>: claims a range; null when it is in use, empty or wraps.</summary>
    [MustCheck]
    [MightSleep]
    public static Resource? RequestMemRegion(PhysicalAddress start, ulong n, string name) => Kernel.Current("request_mem_region").Resources.Request(start, n, name);

    /// <summary><c>release_mem_region(start, n)</c>: gives it back. A range that nobody claimed is logged.</summary>
    public static void ReleaseMemRegion(PhysicalAddress start, ulong n) => Kernel.Current("release_mem_region").Resources.Release(start, n);
}
