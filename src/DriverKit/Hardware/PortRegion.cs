namespace DriverKit.Hardware;

/// <summary>A range of I/O ports at which a device answers: what <c>inb</c> and <c>outb</c> reach. I/O space is an address space of its own, 0 to 0xffff.</summary>
public sealed class PortRegion
{
    private readonly IPortDevice _device;

    /// <summary>A card in the bus.</summary>
    /// <param name="name">The device's name, for dumps.</param>
    /// <param name="start">Its first port.</param>
    /// <param name="count">How many ports it has, a byte each.</param>
    /// <param name="device">The model behind it.</param>
    /// <param name="width">The widest access it understands: 1 for an 8-bit ISA card, 2, or 4. The bus splits what is wider.</param>
    /// <exception cref="ArgumentException">No port at all, ports beyond 0xffff, or another width.</exception>
    public PortRegion(string name, ushort start, int count, IPortDevice device, int width = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(device);
        if (count < 1 || count > PortBus.Ports - start)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{name} has 1 port or more, and none above 0xffff.");
        if (width is not (1 or 2 or 4))
            throw new ArgumentOutOfRangeException(nameof(width), width, "Ports are 1, 2 or 4 bytes wide.");
        Name = name;
        Start = start;
        Count = count;
        Width = width;
        _device = device;
    }

    /// <summary>The device's name, for dumps.</summary>
    public string Name { get; }

    /// <summary>The first port.</summary>
    public ushort Start { get; }

    /// <summary>How many ports, a byte each.</summary>
    public int Count { get; }

    /// <summary>The last port.</summary>
    public ushort End => (ushort)(Start + Count - 1);

    /// <summary>The widest access the device understands, in bytes.</summary>
    public int Width { get; }

    internal uint Read(int port, int width) => _device.ReadPort((ushort)(port - Start), width) & Mask(width);

    internal void Write(int port, int width, uint value) => _device.WritePort((ushort)(port - Start), width, value & Mask(width));

    private static uint Mask(int width) => uint.MaxValue >> (32 - 8 * width);
}

/// <summary>A device model with I/O ports.</summary>
public interface IPortDevice
{
    /// <summary>The processor reads a port.</summary>
    /// <param name="offset">Ports from the start of the region.</param>
    /// <param name="width">1, 2 or 4 bytes, at most the width of the region.</param>
    uint ReadPort(ushort offset, int width);

    /// <summary>The processor writes a port.</summary>
    /// <param name="offset">Ports from the start of the region.</param>
    /// <param name="width">1, 2 or 4 bytes, at most the width of the region.</param>
    /// <param name="value">The value, zero-extended.</param>
    void WritePort(ushort offset, int width, uint value);
}
