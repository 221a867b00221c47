using DriverKit.Memory.Virtual;

namespace DriverKit;

/// <summary>The kernel to boot. Every option has a working default.</summary>
public sealed record KernelOptions
{
    /// <summary>Which kernel's rules apply where they changed; docs/eras.md lists the differences. Default 2.6.20 for drivers, today for system calls.</summary>
    public KernelEra Era { get; init; } = KernelEra.Linux2620;

    internal void Validate()
    {
        if (!Enum.IsDefined(Era))
            throw new ArgumentOutOfRangeException(nameof(Era), Era, "Not an era of the kit.");
    }

    /// <summary><c>kernel.randomize_va_space</c>: stacks and maps start at addresses drawn from the machine's seed. Default off, so that addresses are easy to follow.</summary>
    public bool RandomizeVaSpace { get; init; }
}
