using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>A range of physical addresses at which a device answers.</summary>
public abstract class MmioRegion
{
    private protected MmioRegion(string name, PhysicalAddress start, ulong size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (size == 0 || !start.IsPageAligned || size % PageGeometry.PageSize != 0 || start.Value + size < start.Value)
            throw new ArgumentException($"A device region is whole pages: {name} at {start}, {size} bytes is not.", nameof(size));
        Name = name;
        Start = start;
        Size = size;
    }

    /// <summary>The device's name, for dumps.</summary>
    public string Name { get; }

    /// <summary>First physical address.</summary>
    public PhysicalAddress Start { get; }

    /// <summary>Bytes.</summary>
    public ulong Size { get; }

    /// <summary>First physical address after the region.</summary>
    public PhysicalAddress End => Start + Size;

    /// <summary>A load of 1, 2, 4 or 8 bytes reaches the device.</summary>
    public abstract ulong Read(ulong offset, int width);

    /// <summary>A store of 1, 2, 4 or 8 bytes reaches the device.</summary>
    public abstract void Write(ulong offset, int width, ulong value);
}

/// <summary>Device memory that behaves like memory: a frame buffer. Loads and stores go at full speed.</summary>
public sealed class MmioMemory : MmioRegion
{
    internal byte[] Bytes { get; }

    /// <summary>A region of zeroed memory.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="start">First physical address, on a page boundary, outside RAM.</param>
    /// <param name="size">Bytes, whole pages, at most 1 GiB.</param>
    public MmioMemory(string name, PhysicalAddress start, ulong size)
        : base(name, start, size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1.GiB());
        Bytes = GC.AllocateArray<byte>((int)size, pinned: true);
    }

    /// <summary>What the device holds; writing here is the device changing its own memory.</summary>
    public Span<byte> Contents => Bytes;

    /// <inheritdoc/>
    public override ulong Read(ulong offset, int width)
    {
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        Bytes.AsSpan((int)offset, width).CopyTo(word);
        return BitConverter.ToUInt64(word);
    }

    /// <inheritdoc/>
    public override void Write(ulong offset, int width, ulong value)
    {
        Span<byte> word = stackalloc byte[8];
        BitConverter.TryWriteBytes(word, value);
        word[..width].CopyTo(Bytes.AsSpan((int)offset, width));
    }
}

/// <summary>The registers of a device: every load and store reaches the model, in program order and in the width it was made.</summary>
public sealed class MmioRegisters : MmioRegion
{
    private readonly IRegisterDevice _device;

    /// <summary>A register window.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="start">First physical address, on a page boundary, outside RAM.</param>
    /// <param name="size">Bytes, whole pages.</param>
    /// <param name="device">The model behind it.</param>
    public MmioRegisters(string name, PhysicalAddress start, ulong size, IRegisterDevice device)
        : base(name, start, size)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
    }

    /// <inheritdoc/>
    public override ulong Read(ulong offset, int width) => _device.ReadRegister(offset, width) & Mask(width);

    /// <inheritdoc/>
    public override void Write(ulong offset, int width, ulong value) => _device.WriteRegister(offset, width, value & Mask(width));

    private static ulong Mask(int width) => ulong.MaxValue >> (64 - 8 * width);
}

/// <summary>A device model with registers.</summary>
public interface IRegisterDevice
{
    /// <summary>The processor loads from a register.</summary>
    /// <param name="offset">Bytes from the start of the window.</param>
    /// <param name="width">1, 2, 4 or 8 bytes.</param>
    ulong ReadRegister(ulong offset, int width);

    /// <summary>The processor stores to a register.</summary>
    /// <param name="offset">Bytes from the start of the window.</param>
    /// <param name="width">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">The value, zero-extended.</param>
    void WriteRegister(ulong offset, int width, ulong value);
}
