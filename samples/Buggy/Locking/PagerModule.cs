// DK7005: a pager. A write to the card makes it interrupt, and the handler wants the lock that the writer holds.
namespace Samples.Buggy;

public sealed class PagerModule : MiscModule
{
    public const uint Send = 1;

    private readonly Spinlock _lock = new("pager");
    private IoAddress _registers;
    private uint _calls;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl };

    public override KernelResult Init()
    {
        _registers = Ioremap(Card.Registers, Card.Size);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = RequestIrq(Card.Irq, Interrupt, Irqf.None, Name, this);
        if (result.IsError)
        {
            Iounmap(_registers);
            return result;
        }

        result = base.Init();
        if (result.IsError)
        {
            FreeIrq(Card.Irq, this);
            Iounmap(_registers);
        }

        return result;
    }

    public override void Exit()
    {
        base.Exit();
        FreeIrq(Card.Irq, this);
        Iounmap(_registers);
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _calls++;
        SpinUnlock(_lock);
        return IrqHandled;
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != Send)
            return -ENOTTY;
        SpinLock(_lock); // DK7005
        Writel(1, _registers);
        uint calls = _calls;
        SpinUnlock(_lock);
        return calls;
    }
}
