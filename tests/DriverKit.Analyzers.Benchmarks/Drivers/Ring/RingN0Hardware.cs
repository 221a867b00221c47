namespace Drivers.RingN0;

/// <summary>The registers.</summary>
internal sealed class RingN0Hardware(IoAddress registers)
{
    private const ulong Control = 0x00, Status = 0x04, Data = 0x08, Rate = 0x0c;
    private const uint EnableBit = 1, PendingBit = 2, OverrunBit = 4;

    private readonly Spinlock _lock = new("ringN0.hw");
    private uint _control;

    public IoAddress Registers => registers;

    public bool IsPending => (Readl(registers + Status) & PendingBit) != 0;

    public bool HasOverrun => (Readl(registers + Status) & OverrunBit) != 0;

    public void Enable(bool on)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _control = on ? _control | EnableBit : _control & ~EnableBit;
        Writel(_control, registers + Control);
        SpinUnlockIrqrestore(_lock, flags);
    }

    public KernelResult SetRate(uint rate)
    {
        if (rate is 0 or > 48_000)
            return -EINVAL;
        SpinLockIrqsave(_lock, out IrqFlags flags);
        Writel(0, registers + Control);
        Writel(48_000 / rate, registers + Rate);
        Writel(_control, registers + Control);
        SpinUnlockIrqrestore(_lock, flags);
        return 0;
    }

    public uint Take()
    {
        uint word = Readl(registers + Data);
        Writel(PendingBit, registers + Status);
        return word;
    }
}
