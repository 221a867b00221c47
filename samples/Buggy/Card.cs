namespace Samples.Buggy;

/// <summary>The device that some of the drivers are for: a page of registers, and an interrupt for each word that is written to them.</summary>
public sealed class Card(InterruptLine line) : IRegisterDevice
{
    /// <summary>Where the registers are, and the interrupt line.</summary>
    public static readonly PhysicalAddress Registers = new(0xA0010000);
    public const ulong Size = PageSize;
    public const int Irq = 5;

    private readonly ulong[] _words = new ulong[Size / sizeof(uint)];

    ulong IRegisterDevice.ReadRegister(ulong offset, int width) => _words[offset / sizeof(uint)];

    void IRegisterDevice.WriteRegister(ulong offset, int width, ulong value)
    {
        _words[offset / sizeof(uint)] = value;
        line.Raise();
    }
}
