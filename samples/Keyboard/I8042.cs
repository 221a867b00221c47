// The device: a PC's keyboard controller. Port 60 is the scancode that came last, bit 0 of port 64 says that nobody has read it yet, and line 1 goes up with each.
namespace Samples.Keyboard;

public sealed class I8042 : IPortDevice
{
    public const ushort DataPort = 0x60, StatusPort = 0x64;

    public const int Line = 1;

    /// <summary>Keys that can wait for the one before them to be read; more are lost.</summary>
    public const int QueueLength = 16;

    private const byte OutputBufferFull = 0x01;

    private readonly InterruptLine _line;
    private readonly Queue<byte> _queue = new();
    private byte _data;
    private bool _isFull;

    public I8042(Kernel kernel)
    {
        _line = kernel.Machine.Interrupts[Line];
        kernel.AddDevice(new PortRegion("keyboard controller", DataPort, StatusPort - DataPort + 1, this));
    }

    /// <summary>The keyboard sends a scancode.</summary>
    public void Send(byte scancode)
    {
        if (!_isFull)
            Put(scancode);
        else if (_queue.Count < QueueLength)
            _queue.Enqueue(scancode);
    }

    uint IPortDevice.ReadPort(ushort offset, int width) => (offset + DataPort) switch
    {
        DataPort => Take(),
        StatusPort => _isFull ? OutputBufferFull : 0u,
        _ => 0xff,
    };

    /// <summary>Commands to the keyboard are not in this model.</summary>
    void IPortDevice.WritePort(ushort offset, int width, uint value)
    {
    }

    private void Put(byte scancode)
    {
        _data = scancode;
        _isFull = true;
        _line.Raise();
    }

    // What was read stays on the port until the next one comes.
    private byte Take()
    {
        byte data = _data;
        if (_isFull && _queue.TryDequeue(out byte next))
            Put(next);
        else
            _isFull = false;
        return data;
    }
}
