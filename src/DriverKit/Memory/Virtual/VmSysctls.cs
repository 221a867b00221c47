using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The values behind /proc/sys/vm (<c>kernel/sysctl.c</c>; Documentation/admin-guide/sysctl/vm.rst).</summary>
internal sealed class VmSysctls
{
    /// <summary><c>stack_guard_gap</c>: bytes that stay free below an area that grows down.</summary>
    public const ulong StackGuardGap = 256 * PageGeometry.PageSize;

    /// <summary><c>max_map_count</c>: areas a process may have.</summary>
    public int MaxMapCount { get; set; } = 65530;

    /// <summary><c>mmap_min_addr</c>: below it a process maps nothing, so that a null pointer of the kernel stays one.</summary>
    public ulong MmapMinAddr { get; set; } = 65536;

    /// <summary><c>overcommit_memory</c>: 0 refuses only what is plainly too much, 1 nothing, 2 everything above the limit.</summary>
    public int OvercommitMemory { get; set; }

    /// <summary><c>overcommit_ratio</c>: percent of RAM that count towards the limit.</summary>
    public int OvercommitRatio { get; set; } = 50;

    /// <summary><c>swappiness</c>: how ready reclaim is to take anonymous pages instead of those of files, 0 to 200. From 100 on, reclaim always may.</summary>
    /// <remarks>The range is that since 5.8; <c>swap_tendency</c> of 2.6.20 knows values up to 100.</remarks>
    public int Swappiness { get; set; } = 60;
}
