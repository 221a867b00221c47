using System;

namespace DriverKit.Analyzers.Gate;

/// <summary>What a member may come to, itself or through the members it uses, as far as names tell.</summary>
[Flags]
internal enum Reach
{
    /// <summary>Nothing of DriverKit.</summary>
    None = 0,

    /// <summary>Any kernel function, address type or contract.</summary>
    Kernel = 1,

    /// <summary>A function that takes a kmap_atomic slot.</summary>
    Slot = 2,

    /// <summary>A function that may sleep.</summary>
    Sleep = 4,

    /// <summary>A function that asks where an address comes from.</summary>
    Sink = 8,

    /// <summary>A function whose addresses come from somewhere known.</summary>
    Origin = 16,

    /// <summary>The number of an address.</summary>
    Number = 32,

    /// <summary>An address, whose number that may be.</summary>
    Address = 64,

    /// <summary>All of them.</summary>
    All = 127,
}

internal static class ReachExtensions
{
    /// <summary>True when all of the flags are there; without the box of <see cref="Enum.HasFlag"/>.</summary>
    public static bool HasFlags(this Reach reach, Reach flags) => (reach & flags) == flags;
}
