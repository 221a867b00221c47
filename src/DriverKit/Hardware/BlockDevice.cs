using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>A disk: blocks of 4 KiB outside of RAM.</summary>
public abstract class BlockDevice : IDisposable
{
    /// <summary>Bytes in a block, as many as in a page.</summary>
    public const int BlockSize = (int)PageGeometry.PageSize;

    /// <summary>The largest disk, 4 TiB.</summary>
    public const ulong MaxSize = 4ul << 40;

    /// <summary>A disk of whole blocks.</summary>
    /// <param name="name">The node it would have, such as <c>/dev/sda2</c>; what /proc/swaps prints.</param>
    /// <param name="size">Bytes, rounded down to whole blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one block, or more than 4 TiB.</exception>
    protected BlockDevice(string name, ulong size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, (ulong)BlockSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        Name = name;
        Blocks = size / BlockSize;
    }

    /// <summary>The node it would have.</summary>
    public string Name { get; }

    /// <summary>How many blocks it has.</summary>
    public ulong Blocks { get; }

    /// <summary>Reads a block.</summary>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="destination">4,096 bytes.</param>
    public abstract void Read(ulong block, Span<byte> destination);

    /// <summary>Writes a block.</summary>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="source">4,096 bytes.</param>
    public abstract void Write(ulong block, ReadOnlySpan<byte> source);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what is behind the disk.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>A disk in the memory of the host, as large as what has been written to it.</summary>
public sealed class RamDisk(ulong size, string name = "/dev/ram0") : BlockDevice(name, size)
{
    private readonly Dictionary<ulong, byte[]> _blocks = [];

    /// <inheritdoc/>
    public override void Read(ulong block, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        if (_blocks.TryGetValue(block, out byte[]? contents))
            contents.CopyTo(destination);
        else
            destination[..BlockSize].Clear();
    }

    /// <inheritdoc/>
    public override void Write(ulong block, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        if (!_blocks.TryGetValue(block, out byte[]? contents))
            _blocks.Add(block, contents = new byte[BlockSize]);
        source[..BlockSize].CopyTo(contents);
    }
}

/// <summary>A disk in a file of the host. What the file holds beyond its end reads as zeros.</summary>
public sealed class HostFileDisk : BlockDevice
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file on the host.</param>
    /// <param name="size">Bytes, rounded down to whole blocks.</param>
    /// <param name="name">The node the disk would have.</param>
    /// <exception cref="IOException">The file cannot be opened for reading and writing.</exception>
    public HostFileDisk(string path, ulong size, string name = "/dev/sda2")
        : base(name, size) => _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public override void Read(ulong block, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        Span<byte> rest = destination[..BlockSize];
        for (long offset = (long)block * BlockSize; !rest.IsEmpty;)
        {
            int read = RandomAccess.Read(_file, rest, offset);
            if (read == 0)
                break;
            rest = rest[read..];
            offset += read;
        }

        rest.Clear();
    }

    /// <inheritdoc/>
    public override void Write(ulong block, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        RandomAccess.Write(_file, source[..BlockSize], (long)block * BlockSize);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
    }
}
