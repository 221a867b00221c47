namespace DriverKit.Processes;

/// <summary>Writes one C structure as the compiler of an x86 lays it out: little-endian, a long as wide as a pointer, every field at a
/// multiple of its own size.</summary>
internal sealed class CStructWriter(bool is64Bit)
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Bytes so far.</summary>
    public int Length => (int)_bytes.Length;

    public void Char(byte value) => _bytes.WriteByte(value);

    public void Short(ushort value) => Field(value, sizeof(ushort));

    public void Int(uint value) => Field(value, sizeof(uint));

    /// <summary>An <c>unsigned long</c>, a pointer or an address.</summary>
    public void Long(ulong value) => Field(value, is64Bit ? sizeof(ulong) : sizeof(uint));

    /// <summary>An array of characters: the text, as much of it as leaves room for the zero at its end.</summary>
    public void Chars(ReadOnlySpan<byte> text, int size)
    {
        int length = Math.Min(text.Length, size - 1);
        _bytes.Write(text[..length]);
        Zero(size - length);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Zero(int count) => _bytes.SetLength(_bytes.Position += count);

    /// <summary>Pads to a multiple of a power of two.</summary>
    public void Align(int size) => Zero(-Length & (size - 1));

    /// <summary>The structure, padded at its end so that the next one of an array would be aligned.</summary>
    public byte[] ToStruct()
    {
        Align(is64Bit ? sizeof(ulong) : sizeof(uint));
        return ToArray();
    }

    /// <summary>The bytes as they are.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    private void Field(ulong value, int size)
    {
        Align(size);
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        _bytes.Write(word[..size]);
    }
}
