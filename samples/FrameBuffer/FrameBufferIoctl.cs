// What driver and programs agree on: the header that both sides include.
namespace Samples.FrameBuffer;

public static class FrameBufferIoctl
{
    /// <summary>_IOR('F', 0, struct fb_geometry)</summary>
    public const uint GetGeometry = 0x8010_4600;

    /// <summary>_IO('F', 1): show what has been drawn; the frame counter goes up by one.</summary>
    public const uint Present = 0x4601;
}

/// <summary>struct fb_geometry. The pixels are mapped at offset 0, the register page right behind them.</summary>
public readonly record struct FrameBufferGeometry(uint Width, uint Height, uint LineLength, uint MemoryLength);
