using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Samples.FrameBuffer;

namespace DriverKit.Samples.Tests.FrameBuffer;

public class PngTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(320, 200)]
    public void A_picture_decodes_to_its_pixels(int width, int height)
    {
        var random = new Random(width);
        uint[] pixels = [.. Enumerable.Range(0, width * height).Select(_ => (uint)random.Next(0x1000000))];
        var file = new MemoryStream();
        PngWriter.Write(file, width, height, (x, y) => pixels[y * width + x]);

        byte[] png = file.ToArray();
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        (string Type, byte[] Data)[] chunks = [.. Chunks(png)];
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));

        byte[] header = chunks[0].Data;
        Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))));
        Assert.Equal([8, 2, 0, 0, 0], header[8..]); // 8 bits, RGB, deflate, adaptive filtering, not interlaced

        var rows = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress))
            zlib.CopyTo(rows);
        byte[] raw = rows.ToArray();
        int stride = 1 + width * 3;
        Assert.Equal(stride * height, raw.Length);
        for (int i = 0; i < pixels.Length; i++)
        {
            int row = i / width * stride, at = row + 1 + i % width * 3;
            Assert.Equal(0, raw[row]);
            Assert.Equal(pixels[i], (uint)(raw[at] << 16 | raw[at + 1] << 8 | raw[at + 2]));
        }
    }

    private static IEnumerable<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            uint crc = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length));
            Assert.Equal(Crc(png.AsSpan(at + 4, 4 + length)), crc);
            yield return (Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
            at += 12 + length;
        }

        Assert.Equal(0xAE426082, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(png.Length - 4))); // every PNG ends so
    }

    /// <summary>By long division, bit by bit: nothing in common with the table or the shift the writer uses.</summary>
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        ulong remainder = 0;
        for (int bit = 0; bit < (data.Length + 4) * 8; bit++)
        {
            int index = bit / 8;
            int next = index < data.Length ? data[index] >> (bit % 8) & 1 : 0;
            if (bit < 32)
                next ^= 1;
            remainder = remainder << 1 | (uint)next;
            if ((remainder & 0x1_0000_0000) != 0)
                remainder ^= 0x1_04C1_1DB7;
        }

        uint reversed = 0;
        for (int bit = 0; bit < 32; bit++)
            reversed |= (uint)(remainder >> bit & 1) << (31 - bit);
        return ~reversed;
    }
}
