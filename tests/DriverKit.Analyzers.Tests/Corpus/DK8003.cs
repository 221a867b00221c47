// DK8003 Failing Init leaves earlier steps in place

//// buggy second_region_fails
// kbd.c of the interrupts lab of SO2: the first port stays claimed when the second is not to be had.
public sealed class KbdModule : KernelModule
{
    private const ulong Data = 0x61, Status = 0x65;

    public override KernelResult Init()
    {
        if (RequestRegion(Data, 1, Name) is null) // DK8003
            return -EBUSY;
        if (RequestRegion(Status, 1, Name) is null)
            return -EBUSY;
        Printk(LogLevel.Notice, "kbd loaded");
        return 0;
    }

    public override void Exit()
    {
        ReleaseRegion(Status, 1);
        ReleaseRegion(Data, 1);
    }
}

//// correct second_region_fails
public sealed class KbdModule : KernelModule
{
    private const ulong Data = 0x61, Status = 0x65;

    public override KernelResult Init()
    {
        if (RequestRegion(Data, 1, Name) is null)
            return -EBUSY;
        if (RequestRegion(Status, 1, Name) is null)
        {
            ReleaseRegion(Data, 1);
            return -EBUSY;
        }

        Printk(LogLevel.Notice, "kbd loaded");
        return 0;
    }

    public override void Exit()
    {
        ReleaseRegion(Status, 1);
        ReleaseRegion(Data, 1);
    }
}

//// buggy returns_what_the_last_step_says
public sealed class RingModule : KernelModule
{
    private const ulong Size = 64 * 1024;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _ring;

    public RingModule() => _misc = new() { Name = "ring", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init()
    {
        _ring = Vmalloc(Size); // DK8003
        if (_ring.IsNull)
            return -ENOMEM;
        Memset(_ring, 0, Size);
        return MiscRegister(_misc);
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_ring);
    }
}

//// correct returns_what_the_last_step_says
public sealed class RingModule : KernelModule
{
    private const ulong Size = 64 * 1024;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _ring;

    public RingModule() => _misc = new() { Name = "ring", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init()
    {
        _ring = Vmalloc(Size);
        if (_ring.IsNull)
            return -ENOMEM;
        Memset(_ring, 0, Size);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_ring);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_ring);
    }
}

//// buggy step_in_a_helper
public sealed class CharModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "char"); // DK8003
        if (result.IsError)
            return result;
        result = AddDevice();
        return result.IsError ? result : 0;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private KernelResult AddDevice()
    {
        CdevInit(_cdev, new() { Owner = this, Llseek = NoLlseek });
        if (CdevAdd(_cdev, _device, 1) is { IsError: true } error)
        {
            Printk(LogLevel.Error, $"char: {error}");
            return error;
        }

        return 0;
    }
}

//// correct step_in_a_helper
public sealed class CharModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "char");
        if (result.IsError)
            return result;
        result = AddDevice();
        return result.IsError ? Undo(result) : 0;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private KernelResult Undo(KernelResult why)
    {
        UnregisterChrdevRegion(_device, 1);
        return why;
    }

    private KernelResult AddDevice()
    {
        CdevInit(_cdev, new() { Owner = this, Llseek = NoLlseek });
        if (CdevAdd(_cdev, _device, 1) is { IsError: true } error)
        {
            Printk(LogLevel.Error, $"char: {error}");
            return error;
        }

        return 0;
    }
}

//// buggy jumps_to_the_wrong_label
public sealed class TwinModule : KernelModule
{
    private readonly MiscDevice _left, _right;

    public TwinModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Llseek = NoLlseek } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Llseek = NoLlseek } };
    }

    public override KernelResult Init()
    {
        KernelResult result;
        if (RequestMemRegion(new(0xA0000000), PageSize, Name) is null)
            return -EBUSY;
        result = MiscRegister(_left); // DK8003
        if (result.IsError)
            goto release;
        result = MiscRegister(_right);
        if (result.IsError)
            goto release;
        return 0;

    release:
        ReleaseMemRegion(new(0xA0000000), PageSize);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_right);
        MiscDeregister(_left);
        ReleaseMemRegion(new(0xA0000000), PageSize);
    }
}

//// correct jumps_to_the_right_label
public sealed class TwinModule : KernelModule
{
    private readonly MiscDevice _left, _right;

    public TwinModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Llseek = NoLlseek } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Llseek = NoLlseek } };
    }

    public override KernelResult Init()
    {
        KernelResult result;
        if (RequestMemRegion(new(0xA0000000), PageSize, Name) is null)
            return -EBUSY;
        result = MiscRegister(_left);
        if (result.IsError)
            goto release;
        result = MiscRegister(_right);
        if (result.IsError)
            goto deregister;
        return 0;

    deregister:
        MiscDeregister(_left);
    release:
        ReleaseMemRegion(new(0xA0000000), PageSize);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_right);
        MiscDeregister(_left);
        ReleaseMemRegion(new(0xA0000000), PageSize);
    }
}

//// buggy undone_under_another_condition
public sealed class MaybeModule : KernelModule
{
    private readonly MiscDevice _misc;
    private ProcDirEntry? _entry;

    public MaybeModule() => _misc = new() { Name = "maybe", Fops = new() { Owner = this, Llseek = NoLlseek } };

    [ModuleParam]
    public bool Verbose { get; set; }

    public override KernelResult Init()
    {
        _entry = CreateProcEntry("maybe", SIrugo, null); // DK8003
        if (_entry is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError && Verbose)
        {
            Printk(LogLevel.Error, "maybe: no device");
            RemoveProcEntry("maybe", null);
        }

        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        RemoveProcEntry("maybe", null);
    }
}

//// correct done_and_undone_under_one_condition
public sealed class MaybeModule : KernelModule
{
    private readonly MiscDevice _misc;
    private ProcDirEntry? _entry;

    public MaybeModule() => _misc = new() { Name = "maybe", Fops = new() { Owner = this, Llseek = NoLlseek } };

    [ModuleParam]
    public bool Verbose { get; set; }

    public override KernelResult Init()
    {
        if (Verbose)
            _entry = CreateProcEntry("maybe", SIrugo, null);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError && _entry is not null)
            RemoveProcEntry("maybe", null);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        if (_entry is not null)
            RemoveProcEntry("maybe", null);
    }
}

//// buggy errors_by_a_switch_expression
public sealed class ProbeModule : KernelModule
{
    private const ulong Length = 256;
    private static readonly PhysicalAddress Registers = new(0xB0000000);

    private IoAddress _registers;

    public override KernelResult Init()
    {
        _registers = Ioremap(Registers, Length); // DK8003
        if (_registers.IsNull)
            return -ENOMEM;
        return Readl(_registers) switch
        {
            0x1234 => 0,
            0xffffffff => -ENODEV,
            _ => -EIO,
        };
    }

    public override void Exit() => Iounmap(_registers);
}

//// correct errors_by_a_switch_expression
public sealed class ProbeModule : KernelModule
{
    private const ulong Length = 256;
    private static readonly PhysicalAddress Registers = new(0xB0000000);

    private IoAddress _registers;

    public override KernelResult Init()
    {
        _registers = Ioremap(Registers, Length);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = Readl(_registers) switch
        {
            0x1234 => 0,
            0xffffffff => -ENODEV,
            _ => -EIO,
        };
        if (result.IsError)
            Iounmap(_registers);
        return result;
    }

    public override void Exit() => Iounmap(_registers);
}

//// buggy class_stays_when_its_device_fails
public sealed class ClassModule : KernelModule
{
    private static readonly DeviceNumber Number = new(240, 0);

    private DeviceClass? _class;

    public override KernelResult Init()
    {
        KernelResult result = RegisterChrdevRegion(Number, 1, Name);
        if (result.IsError)
            return result;
        try
        {
            result = -ENOMEM;
            _class = ClassCreate(this, Name); // DK8003
            if (_class is { } made)
                result = DeviceCreate(made, Number, Name);
            return result;
        }
        finally
        {
            if (result.IsError)
                UnregisterChrdevRegion(Number, 1);
        }
    }

    public override void Exit()
    {
        DeviceDestroy(_class!, Number);
        ClassDestroy(_class!);
        UnregisterChrdevRegion(Number, 1);
    }
}

//// correct finally_undoes_what_there_is
public sealed class ClassModule : KernelModule
{
    private static readonly DeviceNumber Number = new(240, 0);

    private DeviceClass? _class;

    public override KernelResult Init()
    {
        KernelResult result = RegisterChrdevRegion(Number, 1, Name);
        if (result.IsError)
            return result;
        try
        {
            result = -ENOMEM;
            _class = ClassCreate(this, Name);
            if (_class is { } made)
                result = DeviceCreate(made, Number, Name);
            return result;
        }
        finally
        {
            if (result.IsError)
            {
                if (_class is { } made)
                    ClassDestroy(made);
                UnregisterChrdevRegion(Number, 1);
            }
        }
    }

    public override void Exit()
    {
        DeviceDestroy(_class!, Number);
        ClassDestroy(_class!);
        UnregisterChrdevRegion(Number, 1);
    }
}

//// correct exit_undoes_a_failed_init
// As scull does: its cleanup knows what there is, and Init calls it.
public sealed class CleanupModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private KernelLogicalAddress _buffer;
    private DeviceNumber _device;
    private bool _isAdded;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "cleanup");
        if (result.IsError)
            return result;
        _buffer = Kmalloc(4000, GfpFlags.Kernel);
        if (_buffer.IsNull)
        {
            Exit();
            return -ENOMEM;
        }

        CdevInit(_cdev, new() { Owner = this, Llseek = NoLlseek });
        result = CdevAdd(_cdev, _device, 1);
        _isAdded = result.IsSuccess;
        if (!_isAdded)
            Exit();
        return result;
    }

    public override void Exit()
    {
        if (_isAdded)
            CdevDel(_cdev);
        Kfree(_buffer);
        UnregisterChrdevRegion(_device, 1);
    }
}

//// correct goes_on_without_it
// The file in /proc is a help for people, and the driver works without it.
public sealed class OptionalModule : KernelModule
{
    private readonly MiscDevice _misc;
    private ProcDirEntry? _entry;

    public OptionalModule() => _misc = new() { Name = "optional", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            return result;
        _entry = CreateProcEntry("optional", SIrugo, null);
        if (_entry is null)
            Printk(LogLevel.Warning, "optional: nothing in /proc");
        return 0;
    }

    public override void Exit()
    {
        if (_entry is not null)
            RemoveProcEntry("optional", null);
        MiscDeregister(_misc);
    }
}
//// correct array_registered_and_unwound_in_loops
internal sealed class ManyNodes : KernelModule
{
    private readonly MiscDevice[] _nodes;

    public ManyNodes() => _nodes = [new() { Name = "many0", Fops = new() { Owner = this } }, new() { Name = "many1", Fops = new() { Owner = this } }];

    public override KernelResult Init()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            KernelResult result = MiscRegister(_nodes[i]);
            if (result.IsError)
            {
                while (--i >= 0)
                    MiscDeregister(_nodes[i]);
                return result;
            }
        }

        return 0;
    }

    public override void Exit()
    {
        foreach (MiscDevice node in _nodes)
            MiscDeregister(node);
    }
}

//// correct array_registered_and_unwound_behind_a_label
internal sealed class ManyNodes : KernelModule
{
    private readonly MiscDevice[] _nodes;

    public ManyNodes() => _nodes = [new() { Name = "many0", Fops = new() { Owner = this } }, new() { Name = "many1", Fops = new() { Owner = this } }];

    public override KernelResult Init()
    {
        KernelResult result = 0;
        int i;
        for (i = 0; i < _nodes.Length; i++)
        {
            result = MiscRegister(_nodes[i]);
            if (result.IsError)
                goto unwind;
        }

        return 0;

    unwind:
        while (--i >= 0)
            MiscDeregister(_nodes[i]);
        return result;
    }

    public override void Exit()
    {
        foreach (MiscDevice node in _nodes)
            MiscDeregister(node);
    }
}

//// buggy array_registered_and_left
internal sealed class ManyNodes : KernelModule
{
    private readonly MiscDevice[] _nodes;

    public ManyNodes() => _nodes = [new() { Name = "many0", Fops = new() { Owner = this } }, new() { Name = "many1", Fops = new() { Owner = this } }];

    public override KernelResult Init()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            KernelResult result = MiscRegister(_nodes[i]); // DK8003
            if (result.IsError)
                return result;
        }

        return 0;
    }

    public override void Exit()
    {
        foreach (MiscDevice node in _nodes)
            MiscDeregister(node);
    }
}

//// correct null_asked_by_a_pattern
public sealed class SpoolModule : KernelModule
{
    private KernelLogicalAddress _page;
    private uint _major;

    public override KernelResult Init()
    {
        if ((_page = GetZeroedPage(GfpFlags.Kernel)) is { IsNull: true })
            return -ENOMEM;
        KernelResult result = RegisterChrdev(0, Name, new() { Owner = this });
        if (result.IsError)
        {
            FreePage(_page);
            return result;
        }

        _major = (uint)result.Value;
        return 0;
    }

    public override void Exit()
    {
        UnregisterChrdev(_major, Name);
        FreePage(_page);
    }
}
