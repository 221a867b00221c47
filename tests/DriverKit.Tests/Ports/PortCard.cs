namespace DriverKit.Tests.Ports;

/// <summary>A card that remembers every access and answers with its memory of bytes.</summary>
internal sealed class PortCard : IPortDevice
{
    public List<string> Log { get; } = [];

    public byte[] Bytes { get; } = new byte[16];

    public uint ReadPort(ushort offset, int width)
    {
        Log.Add($"r{width} {offset:x}");
        uint value = 0xFFFF_FF00u << (8 * (width - 1));
        for (int i = 0; i < width; i++)
            value |= (uint)Bytes[offset + i] << (8 * i);
        return value;
    }

    public void WritePort(ushort offset, int width, uint value)
    {
        Log.Add($"w{width} {offset:x} {value:x}");
        for (int i = 0; i < width; i++)
            Bytes[offset + i] = (byte)(value >> (8 * i));
    }
}
