using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>Writes to a stream front to back and leaves holes where zeros belong, if the stream can seek past its end.</summary>
internal sealed class SparseOutput(Stream stream)
{
    private static readonly byte[] Zeros = new byte[PageGeometry.PageSize];

    /// <summary>Only past the end are holes sure to read as zeros.</summary>
    private readonly bool _canSkip = stream.CanSeek && stream.Position == stream.Length;

    /// <summary>Bytes from where the output started.</summary>
    public ulong Position { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Position += (ulong)bytes.Length;
    }

    /// <summary>That many zeros.</summary>
    public void Skip(ulong count)
    {
        Position += count;
        if (_canSkip)
        {
            stream.Seek((long)count, SeekOrigin.Current);
            return;
        }

        for (ulong left = count; left > 0;)
        {
            int part = (int)Math.Min(left, (ulong)Zeros.Length);
            stream.Write(Zeros.AsSpan(0, part));
            left -= (ulong)part;
        }
    }

    /// <summary>Zeros up to a page boundary.</summary>
    public void AlignToPage() => Skip(PageGeometry.AlignUp(Position) - Position);

    /// <summary>Makes a hole at the end part of the file.</summary>
    public void Complete()
    {
        if (_canSkip && stream.Position > stream.Length)
            stream.SetLength(stream.Position);
    }
}
