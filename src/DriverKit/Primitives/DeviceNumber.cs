namespace DriverKit.Primitives;

/// <summary><c>dev_t</c>: a major number that names the driver and a minor that names the device (<c>linux/kdev_t.h</c>).</summary>
/// <remarks><code>
///   31            20 19                       0
///  +----------------+--------------------------+
///  |  major (12)    |  minor (20)              |   MINORBITS = 20
///  +----------------+--------------------------+
/// </code></remarks>
public readonly record struct DeviceNumber : IComparable<DeviceNumber>
{
    private const int MinorBits = 20;

    /// <summary>The highest major number, 4095.</summary>
    public const uint MaxMajor = (1u << (32 - MinorBits)) - 1;

    /// <summary>The highest minor number, 1,048,575.</summary>
    public const uint MaxMinor = (1u << MinorBits) - 1;

    /// <summary><c>MKDEV(major, minor)</c>. Bits above 12 and 20 are dropped, as the macro's shift drops them.</summary>
    public DeviceNumber(uint major, uint minor) => Value = (major << MinorBits) | (minor & MaxMinor);

    /// <summary>The packed 32-bit number.</summary>
    public uint Value { get; private init; }

    /// <summary><c>MAJOR(dev)</c>.</summary>
    public uint Major => Value >> MinorBits;

    /// <summary><c>MINOR(dev)</c>.</summary>
    public uint Minor => Value & MaxMinor;

    /// <summary>The device <paramref name="minors"/> further on; runs over into the next major, as in C.</summary>
    public static DeviceNumber operator +(DeviceNumber device, uint minors) => new() { Value = unchecked(device.Value + minors) };

    /// <inheritdoc/>
    public int CompareTo(DeviceNumber other) => Value.CompareTo(other.Value);

    /// <summary><c>major:minor</c>.</summary>
    public override string ToString() => $"{Major}:{Minor}";
}
