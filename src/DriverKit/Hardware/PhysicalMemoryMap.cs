using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>A range of physical addresses and what the firmware says it is.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="IsUsable">True for RAM the kernel may use.</param>
public readonly record struct FirmwareRange(PhysicalAddress Start, PhysicalAddress End, bool IsUsable);

/// <summary>Where RAM lies in the physical address space of a PC, as its firmware reports it (the e820 map).</summary>
/// <remarks><code>
///   0          0xA0000   1 MiB                 3.5 GiB           4 GiB
///   +------------+---------+--------------------+-----------------+----------------+
///   |    RAM     | ISA hole|        RAM         | devices (PCI)   |  rest of RAM   |
///   +------------+---------+--------------------+-----------------+----------------+
/// </code></remarks>
public static class PhysicalMemoryMap
{
    /// <summary>First byte of the ISA hole: video memory and ROMs.</summary>
    public const ulong IsaHoleStart = 0xA0000;

    /// <summary>First byte above the ISA hole, where the kernel is loaded.</summary>
    public const ulong IsaHoleEnd = 0x100000;

    /// <summary>First byte of the range in which devices answer; RAM that would lie there is moved above 4 GiB.</summary>
    public const ulong PciHoleStart = 0xE0000000;

    /// <summary>First byte above the devices.</summary>
    public const ulong PciHoleEnd = 0x1_0000_0000;

    /// <summary>The map of a machine with that much RAM.</summary>
    public static IReadOnlyList<FirmwareRange> For(ulong memorySize)
    {
        ulong low = Math.Min(memorySize, PciHoleStart);
        var map = new List<FirmwareRange>
        {
            new(new(0), new(IsaHoleStart), true),
            new(new(0xF0000), new(IsaHoleEnd), false),
            new(new(IsaHoleEnd), new(low), true),
        };
        if (memorySize > low)
            map.Add(new(new(PciHoleEnd), new(PciHoleEnd + memorySize - low), true));
        return map;
    }
}
