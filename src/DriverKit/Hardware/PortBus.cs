namespace DriverKit.Hardware;

/// <summary>Decides who answers at an I/O port: a device, or nobody.</summary>
/// <remarks>Nobody answering is not an error on a PC: reads give all ones, writes vanish. An access that is wider than the device, or not on a
/// boundary of its own size, goes out in parts, the lowest port first, as the ISA bus does it.</remarks>
public sealed class PortBus
{
    /// <summary>Ports in I/O space.</summary>
    public const int Ports = 0x10000;

    private PortRegion[] _regions = [];

    internal PortBus()
    {
    }

    /// <summary>The devices, in order of port.</summary>
    public IReadOnlyList<PortRegion> Regions => _regions;

    /// <summary>Plugs a device in.</summary>
    /// <exception cref="ArgumentException">Its ports overlap those of another device.</exception>
    public void Attach(PortRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        foreach (PortRegion other in _regions)
        {
            if (region.Start <= other.End && other.Start <= region.End)
            {
                throw new ArgumentException(
                    $"{region.Name} at ports {region.Start:x4}-{region.End:x4} overlaps {other.Name} at {other.Start:x4}-{other.End:x4}.", nameof(region));
            }
        }

        _regions = [.. _regions.Append(region).OrderBy(r => r.Start)];
    }

    /// <summary>The device that answers at the port, or null.</summary>
    /// <param name="port">The port; above 0xffff nobody answers.</param>
    public PortRegion? RegionAt(int port)
    {
        int low = 0, high = _regions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            PortRegion region = _regions[middle];
            if (port < region.Start)
                high = middle - 1;
            else if (port > region.End)
                low = middle + 1;
            else
                return region;
        }

        return null;
    }

    /// <summary>The processor reads 1, 2 or 4 bytes.</summary>
    public uint Read(ushort port, int width)
    {
        uint value = 0;
        for (int done = 0; done < width;)
        {
            int part = Part(port + done, width - done, out PortRegion? region);
            value |= (region is null ? byte.MaxValue : region.Read(port + done, part)) << (done * 8);
            done += part;
        }

        return value;
    }

    /// <summary>The processor writes 1, 2 or 4 bytes.</summary>
    public void Write(ushort port, int width, uint value)
    {
        for (int done = 0; done < width;)
        {
            int part = Part(port + done, width - done, out PortRegion? region);
            region?.Write(port + done, part, value >> (done * 8));
            done += part;
        }
    }

    /// <summary>Bytes of an access that go out together: as many as the device that answers takes, on their boundary and inside its ports.</summary>
    private int Part(int port, int rest, out PortRegion? region)
    {
        region = RegionAt(port);
        if (region is null)
            return 1;
        int part = region.Width;
        while (part > rest || port % part != 0 || port + part - 1 > region.End)
            part >>= 1;
        return part;
    }
}
