using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What the disk holds of one file: its blocks, a page each, apart from the machine's memory.</summary>
/// <remarks>It changes when pages are written back and when the file is cut, not before.</remarks>
internal sealed class DiskStorage : IAddressSpaceOperations
{
    private readonly Dictionary<ulong, byte[]> _blocks = [];

    public bool IsSwapBacked => false;

    /// <summary><c>i_disksize</c>: the size of the file as the disk knows it, in bytes.</summary>
    public long Size { get; private set; }

    public bool ReadPage(AddressSpace mapping, ulong index, Span<byte> frame) => Peek(mapping, index, frame);

    public bool Peek(AddressSpace mapping, ulong index, Span<byte> frame)
    {
        if (!_blocks.TryGetValue(index, out byte[]? block))
            return false;
        block.CopyTo(frame);
        return true;
    }

    /// <summary>What lies behind the end of the file is not written: it is zero on the disk.</summary>
    public bool WritePage(AddressSpace mapping, ulong index, ReadOnlySpan<byte> frame)
    {
        long left = mapping.Host.ISize - (long)(index << PageGeometry.PageShift);
        if (left <= 0)
            return true;
        if (!_blocks.TryGetValue(index, out byte[]? block))
            _blocks[index] = block = new byte[PageGeometry.PageSize];
        int length = (int)Math.Min(left, block.Length);
        frame[..length].CopyTo(block);
        block.AsSpan(length).Clear();
        Size = Math.Max(Size, (long)(index << PageGeometry.PageShift) + length);
        return true;
    }

    public void Discard(AddressSpace mapping, ulong first)
    {
        foreach (ulong index in _blocks.Keys.Where(index => index >= first).ToArray())
            _blocks.Remove(index);
        Size = Math.Min(Size, mapping.Host.ISize);
    }

    /// <summary>True when a page of the file has a block.</summary>
    public bool Holds(ulong index) => _blocks.ContainsKey(index);

    /// <summary>How many blocks the file has.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>Writes the inode: the disk knows the size of the file now.</summary>
    public void WriteInode(Inode inode) => Size = inode.ISize;

    /// <summary>The file as it would be after the power has failed.</summary>
    public byte[] Contents()
    {
        byte[] contents = new byte[Size];
        foreach ((ulong index, byte[] block) in _blocks)
        {
            Span<byte> place = contents.AsSpan((int)(index << PageGeometry.PageShift));
            block.AsSpan(0, Math.Min(block.Length, place.Length)).CopyTo(place);
        }

        return contents;
    }
}
