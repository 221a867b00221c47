// The hardware: a display card with 320 x 200 pixels of 32 bits in plain memory, and a page of registers that answer to loads and stores.
namespace Samples.FrameBuffer;

public sealed class Display : IRegisterDevice
{
    public const ulong PixelsStart = 0xE0000000;
    public const ulong RegistersStart = 0xE0100000;
    public const uint Magic = 0x4B44_4246; // "FBDK"

    private const uint Width = 320, Height = 200, BytesPerPixel = 4;

    private uint _frame;

    public Display()
    {
        Pixels = new("Display memory", new(PixelsStart), PageAlign(Width * Height * BytesPerPixel));
        Registers = new("Display registers", new(RegistersStart), PageSize, this);
    }

    public MmioMemory Pixels { get; }

    public MmioRegisters Registers { get; }

    public void PlugInto(Kernel kernel)
    {
        kernel.AddDevice(Pixels);
        kernel.AddDevice(Registers);
    }

    // The card decodes 32-bit accesses only; nobody drives the bus for the others, which reads as ones.
    public ulong ReadRegister(ulong offset, int width) => width != sizeof(uint) ? ulong.MaxValue : (DisplayRegister)offset switch
    {
        DisplayRegister.Id => Magic,
        DisplayRegister.Width => Width,
        DisplayRegister.Height => Height,
        DisplayRegister.LineLength => Width * BytesPerPixel,
        DisplayRegister.Frame => _frame,
        _ => 0,
    };

    public void WriteRegister(ulong offset, int width, ulong value)
    {
        if (width == sizeof(uint) && (DisplayRegister)offset == DisplayRegister.Present)
            _frame++;
    }
}

/// <summary>The registers, by their offsets in bytes. All are 32 bits wide; all but Present can only be read.</summary>
public enum DisplayRegister : ulong
{
    Id = 0x00,
    Width = 0x04,
    Height = 0x08,
    LineLength = 0x0C,
    Frame = 0x10,
    Present = 0x14,
}
