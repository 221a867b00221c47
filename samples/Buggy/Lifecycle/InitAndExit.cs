// DK8001 to DK8004, DK8007, DK8008: drivers that come and go the wrong way.
namespace Samples.Buggy;

/// <summary>Does not look whether its device is there.</summary>
public sealed class HelloModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _number;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _number, 0, 1, Name);
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Llseek = NoLlseek });
        CdevAdd(_cdev, _number, 1); // DK8001
        return 0;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_number, 1);
    }
}

/// <summary>Leaves its device behind when it goes.</summary>
public sealed class GhostModule : KernelModule
{
    private readonly MiscDevice _misc;

    public GhostModule() => _misc = new() { Name = "ghost", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init() => MiscRegister(_misc); // DK8002

    public override void Exit() => Printk("ghost: gone");
}

/// <summary>Leaves its device behind when it has never come.</summary>
public sealed class HalfModule : KernelModule
{
    /// <summary>Where the card was on the machine it was written for; elsewhere it is RAM.</summary>
    private static readonly PhysicalAddress Registers = new(0x100000);

    private readonly MiscDevice _misc;

    public HalfModule() => _misc = new() { Name = "half", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc); // DK8003
        if (result.IsError)
            return result;
        return RequestMemRegion(Registers, PageSize, Name) is null ? -EBUSY : 0;
    }

    public override void Exit()
    {
        ReleaseMemRegion(Registers, PageSize);
        MiscDeregister(_misc);
    }
}

/// <summary>Lets processes in before there is anything to read.</summary>
public sealed class EarlyModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelVirtualAddress _text;

    public EarlyModule() => _misc = new() { Name = "early", Fops = new() { Owner = this, Open = Clear } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc); // DK8004
        if (result.IsError)
            return result;
        _text = Vmalloc(PageSize);
        if (!_text.IsNull)
            return 0;
        MiscDeregister(_misc);
        return -ENOMEM;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_text);
    }

    private KernelResult Clear(Inode inode, OpenFile filp)
    {
        Memset(_text, 0, PageSize);
        return 0;
    }
}

/// <summary>Leaves its handler behind.</summary>
public sealed class LampModule : KernelModule
{
    private uint _count;

    public override KernelResult Init() => RequestIrq(Card.Irq, Handle, Irqf.None, Name, this); // DK8007

    public override void Exit() => Printk($"lamp: {_count} interrupts");

    private IrqReturn Handle(int irq, object? devId)
    {
        _count++;
        return IrqHandled;
    }
}

/// <summary>Does not say whose its operations are, so it can be unloaded under an open file.</summary>
public sealed class ClockModule : KernelModule
{
    private readonly MiscDevice _misc;

    public ClockModule() => _misc = new() { Name = "clock", Fops = new() { Llseek = NoLlseek } }; // DK8008

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}
