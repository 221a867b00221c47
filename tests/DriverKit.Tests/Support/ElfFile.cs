using System.Buffers.Binary;
using System.Text;

namespace DriverKit.Tests.Support;

/// <summary>A second opinion on ELF files, written from elf(5) alone; every offset is checked against the file.</summary>
internal sealed class ElfFile
{
    private readonly byte[] _bytes;

    public ElfFile(byte[] bytes)
    {
        _bytes = bytes;
        Assert.Equal([0x7f, (byte)'E', (byte)'L', (byte)'F'], bytes[..4]);
        Assert.InRange(bytes[4], 1, 2);
        Is64Bit = bytes[4] == 2;
        Assert.Equal([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], bytes[5..16]);
        Type = U16(16);
        Machine = U16(18);
        Assert.Equal(1u, U32(20));
        Entry = Word(24, 24);
        ulong table = Word(28, 32), sections = Word(32, 40);
        Assert.Equal(0u, U32(Is64Bit ? 48 : 36));
        int sizes = Is64Bit ? 52 : 40, headerSize = Is64Bit ? 64 : 52, entrySize = Is64Bit ? 56 : 32;
        Assert.Equal((headerSize, entrySize), (U16(sizes), U16(sizes + 2)));
        Assert.Equal((ulong)headerSize, table);
        uint count = U16(sizes + 4);
        if (count == 0xFFFF)
        {
            Assert.Equal((Is64Bit ? 64 : 40, 1, 0), (U16(sizes + 6), U16(sizes + 8), U16(sizes + 10)));
            count = U32((int)sections + (Is64Bit ? 44 : 28));
        }
        else
        {
            Assert.Equal((0ul, 0, 0, 0), (sections, U16(sizes + 6), U16(sizes + 8), U16(sizes + 10)));
        }

        Segments = [.. Enumerable.Range(0, (int)count).Select(i => ReadSegment((int)table + i * entrySize))];
        foreach (Segment segment in Segments)
            Assert.True(segment.FileSize == 0 || segment.Offset + segment.FileSize <= (ulong)bytes.Length, $"{segment} is outside the file");
    }

    public bool Is64Bit { get; }

    public int Type { get; }

    public int Machine { get; }

    public ulong Entry { get; }

    public Segment[] Segments { get; }

    public IEnumerable<Segment> Loads => Segments.Where(segment => segment.Type == 1);

    public byte[] Contents(Segment segment) => _bytes.AsSpan((int)segment.Offset, (int)segment.FileSize).ToArray();

    /// <summary>The bytes at an address that the file holds.</summary>
    public byte[] At(ulong address, int length)
    {
        Segment segment = Loads.Single(s => address >= s.Address && address + (ulong)length <= s.Address + s.FileSize);
        return _bytes.AsSpan((int)(segment.Offset + (address - segment.Address)), length).ToArray();
    }

    public List<Note> Notes()
    {
        Segment segment = Segments.Single(s => s.Type == 4);
        var notes = new List<Note>();
        int at = (int)segment.Offset, end = at + (int)segment.FileSize;
        while (at < end)
        {
            Assert.Equal(0, at % 4);
            int nameSize = (int)U32(at), size = (int)U32(at + 4), name = at + 12, contents = name + Up(nameSize);
            Assert.Equal(0, _bytes[name + nameSize - 1]);
            notes.Add(new(Encoding.ASCII.GetString(_bytes, name, nameSize - 1), U32(at + 8), _bytes[contents..(contents + size)]));
            at = contents + Up(size);
        }

        Assert.Equal(end, at);
        return notes;

        static int Up(int size) => (size + 3) & ~3;
    }

    private Segment ReadSegment(int at) => Is64Bit
        ? new(U32(at), U32(at + 4), U64(at + 8), U64(at + 16), U64(at + 32), U64(at + 40), U64(at + 48))
        : new(U32(at), U32(at + 24), U32(at + 4), U32(at + 8), U32(at + 16), U32(at + 20), U32(at + 28));

    private ulong Word(int at32, int at64) => Is64Bit ? U64(at64) : U32(at32);

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    internal sealed record Segment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment);

    internal sealed record Note(string Name, uint Type, byte[] Contents);
}
