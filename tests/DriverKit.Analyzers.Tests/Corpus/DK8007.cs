// DK8007 Interrupt line not freed

//// buggy exit_forgets_free_irq
internal sealed class PortModule : KernelModule
{
    private uint _count;

    public override KernelResult Init() => RequestIrq(7, Handle, Irqf.None, Name, this); // DK8007

    public override void Exit() => Printk($"port: {_count} interrupts");

    private IrqReturn Handle(int irq, object? devId)
    {
        _count++;
        return IrqReturn.Handled;
    }
}

//// correct exit_calls_free_irq
internal sealed class PortModule : KernelModule
{
    private uint _count;

    public override KernelResult Init() => RequestIrq(7, Handle, Irqf.None, Name, this);

    public override void Exit()
    {
        FreeIrq(7, this);
        Printk($"port: {_count} interrupts");
    }

    private IrqReturn Handle(int irq, object? devId)
    {
        _count++;
        return IrqReturn.Handled;
    }
}

//// buggy later_step_of_init_fails
internal sealed class CardModule : KernelModule
{
    private readonly MiscDevice _misc;

    public CardModule() => _misc = new() { Name = "card", Fops = new() { Owner = this } };

    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(5, Handle, Irqf.None, Name, this); // DK8007
        if (result.IsError)
            return result;
        result = MiscRegister(_misc);
        if (result.IsError)
            return result;
        return 0;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreeIrq(5, this);
    }

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// correct later_step_of_init_fails_and_frees
internal sealed class CardModule : KernelModule
{
    private readonly MiscDevice _misc;

    public CardModule() => _misc = new() { Name = "card", Fops = new() { Owner = this } };

    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(5, Handle, Irqf.None, Name, this);
        if (result.IsError)
            return result;
        result = MiscRegister(_misc);
        if (result.IsError)
            FreeIrq(5, this);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreeIrq(5, this);
    }

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// buggy freed_with_another_dev_id
// free_irq() finds the handler by dev_id and only logs when there is none.
internal sealed class SharedModule : KernelModule
{
    private readonly object _cookie = new();

    public override KernelResult Init() => RequestIrq(11, Handle, Irqf.Shared, Name, _cookie); // DK8007

    public override void Exit() => FreeIrq(11, this);

    private IrqReturn Handle(int irq, object? devId) => devId == _cookie ? IrqReturn.Handled : IrqReturn.None;
}

//// correct freed_with_its_dev_id
internal sealed class SharedModule : KernelModule
{
    private readonly object _cookie = new();

    public override KernelResult Init() => RequestIrq(11, Handle, Irqf.Shared, Name, _cookie);

    public override void Exit() => FreeIrq(11, _cookie);

    private IrqReturn Handle(int irq, object? devId) => devId == _cookie ? IrqReturn.Handled : IrqReturn.None;
}

//// buggy self_test_keeps_the_line_when_nothing_comes
// short.c probes its own line by requesting it for a moment.
internal sealed class Tester
{
    private volatile int _seen;

    public KernelResult Test(uint irq)
    {
        KernelResult result = RequestIrq(irq, Note, Irqf.None, "tester", this); // DK8007
        if (result.IsError)
            return result;
        Outb(0x10, 0x37a);
        Udelay(5);
        if (_seen == 0)
            return -ENODEV;
        Outb(0, 0x37a);
        FreeIrq(irq, this);
        return 0;
    }

    private IrqReturn Note(int irq, object? devId)
    {
        _seen++;
        return IrqReturn.Handled;
    }
}

//// correct self_test_frees_the_line_in_any_case
internal sealed class Tester
{
    private volatile int _seen;

    public KernelResult Test(uint irq)
    {
        KernelResult result = RequestIrq(irq, Note, Irqf.None, "tester", this);
        if (result.IsError)
            return result;
        Outb(0x10, 0x37a);
        Udelay(5);
        Outb(0, 0x37a);
        FreeIrq(irq, this);
        return _seen == 0 ? -ENODEV : 0;
    }

    private IrqReturn Note(int irq, object? devId)
    {
        _seen++;
        return IrqReturn.Handled;
    }
}

//// buggy second_of_two_lines_left
internal sealed class TwinModule : KernelModule
{
    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(3, Handle, Irqf.None, Name, this);
        if (result.IsError)
            return result;
        result = RequestIrq(4, Handle, Irqf.None, Name, this); // DK8007
        if (result.IsError)
            FreeIrq(3, this);
        return result;
    }

    public override void Exit() => FreeIrq(3, this);

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// correct both_lines_freed_by_a_helper
internal sealed class TwinModule : KernelModule
{
    private const uint First = 3, Second = 4;

    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(First, Handle, Irqf.None, Name, this);
        if (result.IsError)
            return result;
        result = RequestIrq(Second, Handle, Irqf.None, Name, this);
        if (result.IsError)
            Drop(First);
        return result;
    }

    public override void Exit()
    {
        Drop(Second);
        Drop(First);
    }

    private void Drop(uint irq) => FreeIrq(irq, this);

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// buggy helper_requests_and_init_fails_later
internal sealed class SlotModule : KernelModule
{
    private KernelLogicalAddress _ring;

    public override KernelResult Init()
    {
        KernelResult result = Attach(); // DK8007
        if (result.IsError)
            return result;
        _ring = Kzalloc(4096, GfpFlags.Kernel);
        return _ring.IsNull ? -ENOMEM : 0;
    }

    public override void Exit()
    {
        FreeIrq(9, this);
        Kfree(_ring);
    }

    private KernelResult Attach() => RequestIrq(9, Handle, Irqf.None, Name, this);

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// correct helper_requests_last
internal sealed class SlotModule : KernelModule
{
    private KernelLogicalAddress _ring;

    public override KernelResult Init()
    {
        _ring = Kzalloc(4096, GfpFlags.Kernel);
        if (_ring.IsNull)
            return -ENOMEM;
        KernelResult result = Attach();
        if (result.IsError)
            Kfree(_ring);
        return result;
    }

    public override void Exit()
    {
        FreeIrq(9, this);
        Kfree(_ring);
    }

    private KernelResult Attach() => RequestIrq(9, Handle, Irqf.None, Name, this);

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}

//// buggy module_without_exit
internal sealed class BeepModule : KernelModule
{
    public override KernelResult Init()
    {
        if (RequestIrq(1, (irq, devId) => IrqReturn.None, Irqf.Shared, Name, this).IsError) // DK8007
        {
            Printk("beep: no interrupt");
            return -EBUSY;
        }

        return 0;
    }
}

//// correct requested_by_the_first_opening_and_freed_by_the_last
internal sealed class Line
{
    private int _users;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Open = Open, Release = Release };

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if (_users == 0 && RequestIrq(6, Handle, Irqf.None, "line", this) is { IsError: true } error)
            return error;
        _users++;
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        if (--_users == 0)
            FreeIrq(6, this);
        return 0;
    }

    private static IrqReturn Handle(int irq, object? devId) => IrqReturn.Handled;
}
