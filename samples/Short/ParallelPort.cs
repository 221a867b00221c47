// The device: a PC's parallel port, with its pins 9 and 10 joined by a wire. Three registers (data, status, control); the processor reaches them as ports
// or, on a card for the memory bus, as bytes of device memory.
namespace Samples.Short;

public sealed class ParallelPort(InterruptLine line, bool isWired = true) : IPortDevice, IRegisterDevice
{
    public const int Data = 0, Status = 1, Control = 2, Ports = 8;

    /// <summary>Bit 4 of the control register: a rising edge on ACK interrupts.</summary>
    public const byte InterruptEnable = 0x10;

    /// <summary>Bit 6 of the status register: pin 10. With the wire it follows pin 9, which is bit 7 of the data.</summary>
    public const byte Ack = 0x40;

    private const byte Pin9 = 0x80;

    /// <summary>The five inputs of a port that nothing holds down: pulled up, but BUSY (bit 7) is read inverted. The low three bits are no inputs.</summary>
    private const byte Idle = 0x7f;

    private byte _data, _control;
    private bool _hasAck = !isWired;

    /// <summary>What the processor has written to the data register, in order.</summary>
    public List<byte> Written { get; } = [];

    /// <summary>What is on the data pins.</summary>
    public byte Latch => _data;

    /// <summary>Interrupts are enabled.</summary>
    public bool IsEnabled => (_control & InterruptEnable) != 0;

    /// <summary>A device at the other end of the cable pulls ACK down and lets it go. It can do so when pins 9 and 10 are not joined.</summary>
    public void Acknowledge()
    {
        SetAck(false);
        SetAck(true);
    }

    uint IPortDevice.ReadPort(ushort offset, int width) => Read(offset);

    void IPortDevice.WritePort(ushort offset, int width, uint value) => Write(offset, (byte)value);

    ulong IRegisterDevice.ReadRegister(ulong offset, int width) => Read(offset);

    void IRegisterDevice.WriteRegister(ulong offset, int width, ulong value) => Write(offset, (byte)value);

    private byte Read(ulong offset) => offset switch
    {
        Data => _data,
        Status => _hasAck ? Idle : (byte)(Idle & ~Ack),
        Control => (byte)(_control | 0xc0),
        _ => 0xff, // No register: nothing drives the bus.
    };

    private void Write(ulong offset, byte value)
    {
        switch (offset)
        {
            case Data:
                _data = value;
                Written.Add(value);
                if (isWired)
                    SetAck((value & Pin9) != 0);
                break;
            case Control:
                _control = (byte)(value & 0x3f);
                break;
        }
    }

    private void SetAck(bool high)
    {
        bool rises = high && !_hasAck;
        _hasAck = high;
        if (rises && IsEnabled)
            line.Raise();
    }
}
