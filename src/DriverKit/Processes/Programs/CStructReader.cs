using System.Buffers.Binary;

namespace DriverKit.Processes;

/// <summary>Reads a C structure that <see cref="CStructWriter"/> could have written. The bytes must hold all that is read.</summary>
internal ref struct CStructReader(ReadOnlySpan<byte> bytes, bool is64Bit)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly bool _is64Bit = is64Bit;
    private int _position;

    public ushort Short() => BinaryPrimitives.ReadUInt16LittleEndian(Field(sizeof(ushort)));

    public uint Int() => BinaryPrimitives.ReadUInt32LittleEndian(Field(sizeof(uint)));

    /// <summary>An <c>unsigned long</c>, a pointer or an address.</summary>
    public ulong Long() => _is64Bit ? BinaryPrimitives.ReadUInt64LittleEndian(Field(sizeof(ulong))) : Int();

    /// <summary>Passes over bytes.</summary>
    public void Skip(int count) => _position += count;

    private ReadOnlySpan<byte> Field(int size)
    {
        int start = (_position + size - 1) & -size;
        _position = start + size;
        return _bytes[start.._position];
    }
}
