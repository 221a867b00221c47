using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>Decides who answers at a physical address: RAM, a device, or nobody.</summary>
/// <remarks>Nobody answering is not an error on a PC: loads give all ones, stores vanish.</remarks>
public sealed class PhysicalBus
{
    private readonly Ram _ram;
    private MmioRegion[] _regions = [];

    internal PhysicalBus(Ram ram) => _ram = ram;

    /// <summary>The devices, in order of address.</summary>
    public IReadOnlyList<MmioRegion> Regions => _regions;

    /// <summary>Plugs a device in.</summary>
    /// <exception cref="ArgumentException">Its addresses overlap RAM or another device.</exception>
    public void Attach(MmioRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        bool inRam = region.End.Value > PhysicalMemoryMap.PciHoleEnd
            ? region.Start < _ram.End
            : region.Start.Value < Math.Min(_ram.End.Value, PhysicalMemoryMap.PciHoleStart)
              && !(region.Start.Value >= PhysicalMemoryMap.IsaHoleStart && region.End.Value <= PhysicalMemoryMap.IsaHoleEnd);
        if (inRam)
            throw new ArgumentException($"{region.Name} at {region.Start}-{region.End} overlaps RAM, which ends at {_ram.End}; device addresses start above it, for instance at 0xe0000000.", nameof(region));
        foreach (MmioRegion other in _regions)
        {
            if (region.Start < other.End && other.Start < region.End)
                throw new ArgumentException($"{region.Name} at {region.Start}-{region.End} overlaps {other.Name} at {other.Start}-{other.End}.", nameof(region));
        }

        _regions = [.. _regions.Append(region).OrderBy(r => r.Start)];
    }

    /// <summary>Unplugs a device that could not be listed.</summary>
    internal void Detach(MmioRegion region) => _regions = [.. _regions.Where(r => r != region)];

    /// <summary>The device that answers at the address, or null.</summary>
    public MmioRegion? RegionAt(PhysicalAddress address)
    {
        int low = 0, high = _regions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            MmioRegion region = _regions[middle];
            if (address < region.Start)
                high = middle - 1;
            else if (address >= region.End)
                low = middle + 1;
            else
                return region;
        }

        return null;
    }

    /// <summary>The host memory behind a frame, if plain loads and stores may go straight to it: RAM and device memory, not registers.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="memory">The array that holds it.</param>
    /// <param name="offset">Where in the array the frame starts.</param>
    internal bool TryGetMemory(Pfn pfn, out byte[] memory, out int offset)
    {
        PhysicalAddress address = pfn.ToPhysical();
        if (_regions.Length != 0 && RegionAt(address) is { } region)
        {
            if (region is MmioMemory device)
            {
                memory = device.Bytes;
                offset = (int)(address - device.Start);
                return true;
            }
        }
        else if (_ram.Contains(address))
        {
            memory = _ram.Section(address);
            offset = (int)address.Value & (Ram.SectionSize - 1);
            return true;
        }

        memory = [];
        offset = 0;
        return false;
    }

    /// <summary>A load of 1, 2, 4 or 8 bytes that stays within its page.</summary>
    public ulong Read(PhysicalAddress address, int width)
    {
        if (RegionAt(address) is { } region)
            return region.Read(address - region.Start, width);
        if (!_ram.Contains(address))
            return width == 8 ? ulong.MaxValue : (1ul << (width * 8)) - 1;
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        _ram.Span(address, width).CopyTo(word);
        return BitConverter.ToUInt64(word);
    }

    /// <summary>A store of 1, 2, 4 or 8 bytes that stays within its page.</summary>
    public void Write(PhysicalAddress address, int width, ulong value)
    {
        if (RegionAt(address) is { } region)
        {
            region.Write(address - region.Start, width, value);
        }
        else if (_ram.Contains(address))
        {
            Span<byte> word = stackalloc byte[8];
            BitConverter.TryWriteBytes(word, value);
            word[..width].CopyTo(_ram.Span(address, width));
        }
    }
}
