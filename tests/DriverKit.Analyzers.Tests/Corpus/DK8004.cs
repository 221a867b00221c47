// DK8004 Device is live before what its operations need is there

//// buggy buffer_after_cdev_add
// cdev_add() makes the device live: whoever opens it at once reads from address 0. Seen in ports of scull that register first.
public sealed class NoteModule : KernelModule
{
    private const ulong Size = 4096;

    private readonly Cdev _cdev = new();
    private DeviceNumber _device;
    private KernelLogicalAddress _buffer;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "note");
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read });
        result = CdevAdd(_cdev, _device, 1); // DK8004
        if (result.IsError)
        {
            UnregisterChrdevRegion(_device, 1);
            return result;
        }

        _buffer = Kzalloc(Size, GfpFlags.Kernel);
        if (_buffer.IsNull)
        {
            CdevDel(_cdev);
            UnregisterChrdevRegion(_device, 1);
            return -ENOMEM;
        }

        return 0;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        Kfree(_buffer);
        UnregisterChrdevRegion(_device, 1);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, Size);
        return CopyToUser(buffer, _buffer, count) == 0 ? count : -EFAULT;
    }
}

//// correct buffer_before_cdev_add
public sealed class NoteModule : KernelModule
{
    private const ulong Size = 4096;

    private readonly Cdev _cdev = new();
    private DeviceNumber _device;
    private KernelLogicalAddress _buffer;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "note");
        if (result.IsError)
            return result;
        result = -ENOMEM;
        _buffer = Kzalloc(Size, GfpFlags.Kernel);
        if (!_buffer.IsNull)
        {
            CdevInit(_cdev, new() { Owner = this, Read = Read });
            result = CdevAdd(_cdev, _device, 1);
            if (result.IsError)
                Kfree(_buffer);
        }

        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        Kfree(_buffer);
        UnregisterChrdevRegion(_device, 1);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, Size);
        return CopyToUser(buffer, _buffer, count) == 0 ? count : -EFAULT;
    }
}

//// buggy queue_after_misc_register
public sealed class LaterModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly WorkStruct _work = new(static _ => Printk(LogLevel.Info, "later"));
    private WorkqueueStruct? _queue;

    public LaterModule() => _misc = new() { Name = "later", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc); // DK8004
        if (result.IsError)
            return result;
        _queue = CreateWorkqueue("later");
        if (_queue is null)
        {
            MiscDeregister(_misc);
            return -ENOMEM;
        }

        return 0;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        DestroyWorkqueue(_queue!);
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Hand();
        return count;
    }

    private void Hand() => QueueWork(_queue!, _work);
}

//// correct operations_wait_for_the_queue
// It comes later, and the operations know.
public sealed class LaterModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly WorkStruct _work = new(static _ => Printk(LogLevel.Info, "later"));
    private WorkqueueStruct? _queue;

    public LaterModule() => _misc = new() { Name = "later", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            return result;
        _queue = CreateWorkqueue("later");
        if (_queue is null)
        {
            MiscDeregister(_misc);
            return -ENOMEM;
        }

        return 0;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        DestroyWorkqueue(_queue!);
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (_queue is not { } queue)
            return -EAGAIN;
        QueueWork(queue, _work);
        return count;
    }
}

//// buggy semaphore_made_ready_too_late
public sealed class GateModule : KernelModule
{
    private readonly KernelSemaphore _gate = new(1, "gate");
    private readonly MiscDevice _misc;

    public GateModule() => _misc = new() { Name = "gate", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc); // DK8004
        if (result.IsSuccess)
            SemaInit(_gate, 3);
        return result;
    }

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_gate).IsError)
            return -ERESTARTSYS;
        Mdelay(1);
        Up(_gate);
        return count;
    }
}

//// correct semaphore_made_ready_first
public sealed class GateModule : KernelModule
{
    private readonly KernelSemaphore _gate = new(1, "gate");
    private readonly MiscDevice _misc;

    public GateModule() => _misc = new() { Name = "gate", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        SemaInit(_gate, 3);
        return MiscRegister(_misc);
    }

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_gate).IsError)
            return -ERESTARTSYS;
        Mdelay(1);
        Up(_gate);
        return count;
    }
}

//// buggy registers_mapped_by_a_later_helper
public sealed class ThermoModule : KernelModule
{
    private static readonly PhysicalAddress Registers = new(0xB0000000);

    private IoAddress _registers;
    private uint _major;

    public override KernelResult Init()
    {
        KernelResult result = Register(); // DK8004
        if (result.IsError)
            return result;
        result = Map();
        if (result.IsError)
            UnregisterChrdev(_major, Name);
        return result;
    }

    public override void Exit()
    {
        UnregisterChrdev(_major, Name);
        Iounmap(_registers);
    }

    private KernelResult Register()
    {
        KernelResult result = RegisterChrdev(0, Name, new() { Owner = this, Read = (OpenFile _, UserVirtualAddress to, ulong count, ref long _) => Tell(to, count) });
        if (result.IsError)
            return result;
        _major = (uint)result.Value;
        return 0;
    }

    private KernelResult Map()
    {
        _registers = Ioremap(Registers, 16);
        return _registers.IsNull ? -ENOMEM : 0;
    }

    private KernelResult Tell(UserVirtualAddress to, ulong count)
    {
        if (count < 4)
            return -EINVAL;
        return PutUser(Readl(_registers), to).IsError ? -EFAULT : 4;
    }
}

//// correct registers_mapped_by_an_earlier_helper
public sealed class ThermoModule : KernelModule
{
    private static readonly PhysicalAddress Registers = new(0xB0000000);

    private IoAddress _registers;
    private uint _major;

    public override KernelResult Init()
    {
        KernelResult result = Map();
        if (result.IsError)
            return result;
        result = Register();
        if (result.IsError)
            Iounmap(_registers);
        return result;
    }

    public override void Exit()
    {
        UnregisterChrdev(_major, Name);
        Iounmap(_registers);
    }

    private KernelResult Register()
    {
        KernelResult result = RegisterChrdev(0, Name, new() { Owner = this, Read = (OpenFile _, UserVirtualAddress to, ulong count, ref long _) => Tell(to, count) });
        if (result.IsError)
            return result;
        _major = (uint)result.Value;
        return 0;
    }

    private KernelResult Map()
    {
        _registers = Ioremap(Registers, 16);
        return _registers.IsNull ? -ENOMEM : 0;
    }

    private KernelResult Tell(UserVirtualAddress to, ulong count)
    {
        if (count < 4)
            return -EINVAL;
        return PutUser(Readl(_registers), to).IsError ? -EFAULT : 4;
    }
}

//// buggy page_of_the_mapping
public sealed class PageModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly VmOperationsStruct _vmOps;
    private Page? _page;

    public PageModule()
    {
        _vmOps = new() { Nopage = Nopage };
        _misc = new() { Name = "page", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc); // DK8004
        if (result.IsError)
            return result;
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is not null)
            return 0;
        MiscDeregister(_misc);
        return -ENOMEM;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (vma.VmPgoff + ((address - vma.VmStart) >> PageShift) != 0)
            return NopageResult.Sigbus;
        GetPage(_page!);
        return _page;
    }
}

//// correct page_by_the_first_open
// What the operations need they make themselves.
public sealed class PageModule : KernelModule
{
    private readonly KernelMutex _lock = new("page");
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _text;
    private ProcDirEntry? _entry;

    public PageModule() => _misc = new() { Name = "page", Fops = new() { Owner = this, Open = Open, Read = Read } };

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            return result;
        _entry = CreateProcEntry("page", SIrugo, null);
        return 0;
    }

    public override void Exit()
    {
        if (_entry is not null)
            RemoveProcEntry("page", null);
        MiscDeregister(_misc);
        FreePage(_text);
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        MutexLock(_lock);
        if (_text.IsNull)
            _text = GetZeroedPage(GfpFlags.Kernel);
        KernelResult result = _text.IsNull ? -ENOMEM : 0;
        MutexUnlock(_lock);
        return result;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        return CopyToUser(buffer, _text, count) == 0 ? count : -EFAULT;
    }
}

//// buggy one_device_of_two
// The second device is set up in time, the first is not.
public sealed class StereoModule : KernelModule
{
    private readonly MiscDevice _left, _right;
    private KernelVirtualAddress _leftSamples, _rightSamples;

    public StereoModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Read = ReadLeft } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Read = ReadRight } };
    }

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_left); // DK8004
        if (result.IsError)
            return result;
        _leftSamples = Vmalloc(PageSize);
        _rightSamples = Vmalloc(PageSize);
        result = _leftSamples.IsNull || _rightSamples.IsNull ? -ENOMEM : 0;
        if (result.IsSuccess)
        {
            Memset(_leftSamples, 0, PageSize);
            Memset(_rightSamples, 0, PageSize);
            result = MiscRegister(_right);
        }

        if (result.IsError)
        {
            MiscDeregister(_left);
            Vfree(_leftSamples);
            Vfree(_rightSamples);
        }

        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_right);
        MiscDeregister(_left);
        Vfree(_leftSamples);
        Vfree(_rightSamples);
    }

    private KernelResult ReadLeft(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => Read(_leftSamples, buffer, count);

    private KernelResult ReadRight(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => Read(_rightSamples, buffer, count);

    private static KernelResult Read(KernelVirtualAddress samples, UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, PageSize);
        return CopyToUser(buffer, samples, count) == 0 ? count : -EFAULT;
    }
}

//// correct memory_of_the_other_device
// The memory that is allocated late is the second device's.
public sealed class StereoModule : KernelModule
{
    private readonly MiscDevice _left, _right;
    private KernelVirtualAddress _leftSamples, _rightSamples;

    public StereoModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Read = ReadLeft } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Read = ReadRight } };
    }

    public override KernelResult Init()
    {
        _leftSamples = Vmalloc(PageSize);
        if (_leftSamples.IsNull)
            return -ENOMEM;
        Memset(_leftSamples, 0, PageSize);
        KernelResult result = MiscRegister(_left);
        if (result.IsError)
        {
            Vfree(_leftSamples);
            return result;
        }

        _rightSamples = Vmalloc(PageSize);
        result = -ENOMEM;
        if (!_rightSamples.IsNull)
        {
            Memset(_rightSamples, 0, PageSize);
            result = MiscRegister(_right);
        }

        if (result.IsError)
        {
            MiscDeregister(_left);
            Vfree(_leftSamples);
            Vfree(_rightSamples);
        }

        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_right);
        MiscDeregister(_left);
        Vfree(_leftSamples);
        Vfree(_rightSamples);
    }

    private KernelResult ReadLeft(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => Read(_leftSamples, buffer, count);

    private KernelResult ReadRight(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => Read(_rightSamples, buffer, count);

    private static KernelResult Read(KernelVirtualAddress samples, UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, PageSize);
        return CopyToUser(buffer, samples, count) == 0 ? count : -EFAULT;
    }
}
