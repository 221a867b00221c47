using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>The computer to build. Every option has a working default: an i386 with 1 GiB, so that 128 MiB are high memory.</summary>
public sealed record MachineOptions
{
    /// <summary>The smallest machine the kernel boots on, in bytes.</summary>
    public const ulong MinimumMemory = 8ul << 20;

    /// <summary>RAM in bytes, a multiple of the page size. Default 1 GiB.</summary>
    public ulong MemorySize { get; init; } = 1.GiB();

    /// <summary>The processor. Default i386.</summary>
    public Architecture Architecture { get; init; } = Architecture.I386;

    /// <summary>Number of processors, 1 to 64. Default 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Number of memory nodes the RAM is divided among, 1 to 8. Default 1.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Feeds the machine's only source of randomness: the same seed gives the same run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Processors keep stores to themselves for a while: devices and other processors see them after a barrier (<c>wmb()</c>, a lock, an
    /// interrupt). So a missing barrier is a failure that can be repeated. Default off: every store is seen by all at once.</summary>
    public bool StoreBuffers { get; init; }

    internal void Validate()
    {
        ulong most = Architecture switch
        {
            Architecture.I386 => PhysicalMemoryMap.PciHoleStart,
            Architecture.I386Pae => (64ul << 30) - (4ul << 30) + PhysicalMemoryMap.PciHoleStart,
            Architecture.X8664 => 1ul << 40,
            _ => throw new ArgumentOutOfRangeException(nameof(Architecture), Architecture, "Not an architecture of the kit."),
        };
        if (MemorySize < MinimumMemory || MemorySize > most || MemorySize % PageGeometry.PageSize != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MemorySize), MemorySize,
                $"A machine of architecture {Architecture} has between {MinimumMemory >> 20} MiB and {most >> 20} MiB of RAM, in whole pages of 4 KiB. "
                + "For more, choose I386Pae or X8664.");
        }

        if (Cpus is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(Cpus), Cpus, "A machine has 1 to 64 processors.");
        if (Nodes is < 1 or > 8)
            throw new ArgumentOutOfRangeException(nameof(Nodes), Nodes, "A machine has 1 to 8 memory nodes.");
        if (MemorySize / (ulong)Nodes < MinimumMemory)
            throw new ArgumentOutOfRangeException(nameof(Nodes), Nodes, $"Each node needs at least {MinimumMemory >> 20} MiB of RAM.");
    }
}
