using DriverKit.Memory.Virtual;
using DriverKit.Scheduling;

namespace DriverKit;

/// <summary>The kernel to boot. Every option has a working default.</summary>
public sealed record KernelOptions
{
    /// <summary>Which kernel's rules apply where they changed; docs/eras.md lists the differences. Default 2.6.20 for drivers, today for system calls.</summary>
    public KernelEra Era { get; init; } = KernelEra.Linux2620;

    /// <summary>Who runs where there is a choice; an object serves one machine. Default: everybody in turn.</summary>
    public SchedulingStrategy Strategy { get; init; } = new RoundRobin();

    /// <summary><c>HZ</c>: timer ticks a second, 100 to 1000. Default 250, as Linux 2.6.20 has it.</summary>
    public uint Hz { get; init; } = 250;

    /// <summary><c>CONFIG_DEBUG_KMEMLEAK</c>, for modules: the kernel remembers which line of a module has allocated what, and rmmod of a module that leaves memory behind ends in an oops
    /// that lists it (DK3013; DK8003 after an Init that has failed). Default off: each allocation of a module costs a stack trace.</summary>
    /// <remarks>Counted are kmalloc and its kin, slab caches and their objects, vmalloc, pages, and ioremap. Of several modules in one assembly the last to leave is asked.</remarks>
    public bool TrackModuleMemory { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Strategy);
        if (Hz is < 100 or > 1000)
            throw new ArgumentOutOfRangeException(nameof(Hz), Hz, "A kernel has 100 to 1000 ticks a second.");
        if (!Enum.IsDefined(Era))
            throw new ArgumentOutOfRangeException(nameof(Era), Era, "Not an era of the kit.");
    }

    /// <summary><c>kernel.randomize_va_space</c>: stacks and maps start at addresses drawn from the machine's seed. Default off, so that addresses are easy to follow.</summary>
    public bool RandomizeVaSpace { get; init; }
}
