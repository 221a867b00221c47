// A driver that looks on: it shares the keyboard's line with the driver that is there already, notes what is typed, and says that the interrupt was not its own.
// After the interrupts lab of Operating Systems 2 (linux-kernel-labs). There the first port stays claimed when the second is not to be had; here all is given back.
namespace Samples.Keyboard;

public sealed class KbdModule : KernelModule
{
    public const uint Major = 42;

    public const int BufferSize = 1024;

    // Ports 60 and 64 are the PC's own; those behind them are what is left to claim.
    private const ulong DataRegion = I8042.DataPort + 1, StatusRegion = I8042.StatusPort + 1;

    private static readonly DeviceNumber Device = new(Major, 0);

    private readonly Cdev _cdev = new();
    private readonly Spinlock _lock = new("kbd");
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _put, _get, _count;

    public override KernelResult Init()
    {
        KernelResult result = RegisterChrdevRegion(Device, 1, Name);
        if (result.IsError)
        {
            Printk(LogLevel.Error, $"register_region failed: {result.Value}");
            return result;
        }

        result = ClaimPorts();
        if (result.IsError)
            UnregisterChrdevRegion(Device, 1);
        else
            Printk(LogLevel.Notice, "Driver kbd loaded");
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        FreeIrq(I8042.Line, this);
        ReleaseRegion(StatusRegion, 1);
        ReleaseRegion(DataRegion, 1);
        UnregisterChrdevRegion(Device, 1);
        Printk(LogLevel.Notice, "Driver kbd unloaded");
    }

    private KernelResult ClaimPorts()
    {
        if (RequestRegion(DataRegion, 1, Name) is null)
            return -EBUSY;
        KernelResult result = -EBUSY;
        if (RequestRegion(StatusRegion, 1, Name) is not null)
        {
            result = Start();
            if (result.IsError)
                ReleaseRegion(StatusRegion, 1);
        }

        if (result.IsError)
            ReleaseRegion(DataRegion, 1);
        return result;
    }

    private KernelResult Start()
    {
        KernelResult result = RequestIrq(I8042.Line, Interrupt, Irqf.Shared, Name, this);
        if (result.IsError)
        {
            Printk(LogLevel.Error, $"request_irq failed: {result.Value}");
            return result;
        }

        CdevInit(_cdev, new() { Owner = this, Open = Open, Release = Release, Read = Read, Write = Write });
        result = CdevAdd(_cdev, Device, 1);
        if (result.IsError)
            FreeIrq(I8042.Line, this);
        return result;
    }

    // Not ours, it says: the keyboard's own driver shall see the key as well.
    private IrqReturn Interrupt(int irq, object? devId)
    {
        byte scancode = Inb(I8042.DataPort);
        bool isPressed = (scancode & Scancodes.Released) == 0;
        byte character = Scancodes.ToAscii(scancode);
        Printk(LogLevel.Info, $"IRQ {irq}: scancode=0x{scancode:x} ({scancode}) pressed={(isPressed ? 1 : 0)} ch={(char)character}");
        if (isPressed)
        {
            SpinLock(_lock);
            PutChar(character);
            SpinUnlock(_lock);
        }

        return IrqNone;
    }

    private static KernelResult Open(Inode inode, OpenFile filp)
    {
        Printk(LogLevel.Info, "kbd opened");
        return 0;
    }

    private static KernelResult Release(Inode inode, OpenFile filp)
    {
        Printk(LogLevel.Info, "kbd closed");
        return 0;
    }

    // The handler may come between any two instructions, and would wait for ever for a lock that the task below it holds: interrupts are off while it is held.
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong read = 0;
        for (; read < count; read++)
        {
            SpinLockIrqsave(_lock, out IrqFlags flags);
            byte? character = GetChar();
            SpinUnlockIrqrestore(_lock, flags);
            if (character is not { } typed)
                break;
            if (PutUser(typed, buffer + read).IsError)
                return -EFAULT;
        }

        return read;
    }

    // Whatever is written: what has been typed is forgotten.
    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        (_put, _get, _count) = (0, 0, 0);
        SpinUnlockIrqrestore(_lock, flags);
        return count;
    }

    // What does not fit is lost.
    private void PutChar(byte character)
    {
        if (_count == BufferSize)
            return;
        _buffer[_put] = character;
        _put = (_put + 1) % BufferSize;
        _count++;
    }

    private byte? GetChar()
    {
        if (_count == 0)
            return null;
        byte character = _buffer[_get];
        _get = (_get + 1) % BufferSize;
        _count--;
        return character;
    }
}
