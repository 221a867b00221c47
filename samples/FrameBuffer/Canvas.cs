// A program's view of /dev/fb0: one process's own mapping of the pixels, drawn to with ordinary stores.
using System.Numerics;

namespace Samples.FrameBuffer;

public sealed class Canvas
{
    private readonly UserProcess _process;
    private readonly int _fd;

    public Canvas(UserProcess process)
    {
        _process = process;
        _fd = process.Open("/dev/fb0", OpenFlags.ReadWrite);
        const Protection ReadWrite = Protection.Read | Protection.Write;
        UserVirtualAddress answer = process.Mmap(default, PageSize, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        process.Ioctl(_fd, FrameBufferIoctl.GetGeometry, answer);
        Geometry = process.Load<FrameBufferGeometry>(answer);
        process.Munmap(answer, PageSize);
        Pixels = process.Mmap(default, Geometry.MemoryLength, ReadWrite, MapFlags.Shared, _fd);
        Registers = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, _fd, Geometry.MemoryLength);
    }

    public FrameBufferGeometry Geometry { get; }

    public UserVirtualAddress Pixels { get; }

    public UserVirtualAddress Registers { get; }

    public int Width => (int)Geometry.Width;

    public int Height => (int)Geometry.Height;

    /// <summary>The display's frame counter, read from the mapped register page without a system call.</summary>
    public uint Frame => _process.Load<uint>(Registers + (ulong)DisplayRegister.Frame);

    public uint this[int x, int y]
    {
        get => _process.Load<uint>(AddressOf(x, y));
        set => _process.Store(AddressOf(x, y), value);
    }

    /// <summary>Mixes a colour into a pixel; colours are red, green and blue between 0 and 1.</summary>
    public void Blend(int x, int y, Vector3 color, float amount)
    {
        if ((uint)x < Geometry.Width && (uint)y < Geometry.Height && amount > 0)
            this[x, y] = Pack(Vector3.Lerp(Unpack(this[x, y]), color, MathF.Min(amount, 1)));
    }

    public void Present() => _process.Ioctl(_fd, FrameBufferIoctl.Present);

    public static Vector3 Unpack(uint pixel) => new Vector3((pixel >> 16) & 255, (pixel >> 8) & 255, pixel & 255) / 255;

    public static uint Pack(Vector3 color)
    {
        Vector3 bytes = Vector3.Clamp(color, Vector3.Zero, Vector3.One) * 255;
        return ((uint)(bytes.X + 0.5f) << 16) | ((uint)(bytes.Y + 0.5f) << 8) | (uint)(bytes.Z + 0.5f);
    }

    private UserVirtualAddress AddressOf(int x, int y) => Pixels + ((ulong)y * Geometry.LineLength + (ulong)x * sizeof(uint));
}
