// DK8008 Operations without an owner

//// buggy misc_device
public sealed class RtcModule : KernelModule
{
    private readonly MiscDevice _misc;

    public RtcModule() => _misc = new() { Name = "rtc", Fops = new() { Read = Read } }; // DK8008

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct misc_device
public sealed class RtcModule : KernelModule
{
    private readonly MiscDevice _misc;

    public RtcModule() => _misc = new() { Name = "rtc", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// buggy register_chrdev_with_a_local
public sealed class OldModule : KernelModule
{
    private uint _major;

    public override KernelResult Init()
    {
        var fops = new FileOperations { Open = Open, Release = Open }; // DK8008
        KernelResult result = RegisterChrdev(0, "old", fops);
        if (result.IsError)
            return result;
        _major = (uint)result.Value;
        return 0;
    }

    public override void Exit() => UnregisterChrdev(_major, "old");

    private static KernelResult Open(Inode inode, OpenFile filp) => 0;
}

//// correct register_chrdev_with_a_local
public sealed class OldModule : KernelModule
{
    private uint _major;

    public override KernelResult Init()
    {
        var fops = new FileOperations { Owner = this, Open = Open, Release = Open };
        KernelResult result = RegisterChrdev(0, "old", fops);
        if (result.IsError)
            return result;
        _major = (uint)result.Value;
        return 0;
    }

    public override void Exit() => UnregisterChrdev(_major, "old");

    private static KernelResult Open(Inode inode, OpenFile filp) => 0;
}

//// buggy cdev_with_a_static_table
public sealed class ZeroModule : KernelModule
{
    private static readonly FileOperations Fops = new() { Read = Read }; // DK8008

    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "zero");
        if (result.IsError)
            return result;
        CdevInit(_cdev, Fops);
        result = CdevAdd(_cdev, _device, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct cdev_has_the_owner
public sealed class ZeroModule : KernelModule
{
    private static readonly FileOperations Fops = new() { Read = Read };

    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "zero");
        if (result.IsError)
            return result;
        CdevInit(_cdev, Fops);
        _cdev.Owner = this;
        result = CdevAdd(_cdev, _device, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// buggy table_by_a_helper_and_a_property
public sealed class TwoModule : KernelModule
{
    private readonly Cdev _first, _second;
    private DeviceNumber _numbers;

    public TwoModule()
    {
        _first = new(MakeOperations());
        _second = new() { Ops = Operations };
    }

    private static FileOperations Operations => new() { Llseek = NoLlseek }; // DK8008

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _numbers, 0, 2, "two");
        if (result.IsError)
            return result;
        result = CdevAdd(_first, _numbers, 1);
        if (result.IsSuccess)
        {
            result = CdevAdd(_second, _numbers + 1, 1);
            if (result.IsError)
                CdevDel(_first);
        }

        if (result.IsError)
            UnregisterChrdevRegion(_numbers, 2);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_second);
        CdevDel(_first);
        UnregisterChrdevRegion(_numbers, 2);
    }

    private static FileOperations MakeOperations()
    {
        return new FileOperations // DK8008
        {
            Open = static (inode, filp) => NonseekableOpen(inode, filp),
        };
    }
}

//// correct module_handed_to_the_device
// The device is an object of its own, and its module comes by the constructor.
public sealed class TwoModule : KernelModule
{
    private readonly Channel _first, _second;
    private DeviceNumber _numbers;

    public TwoModule() => (_first, _second) = (new(this), new(this));

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _numbers, 0, 2, "two");
        if (result.IsError)
            return result;
        result = CdevAdd(_first, _numbers, 1);
        if (result.IsSuccess)
        {
            result = CdevAdd(_second, _numbers + 1, 1);
            if (result.IsError)
                CdevDel(_first);
        }

        if (result.IsError)
            UnregisterChrdevRegion(_numbers, 2);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_second);
        CdevDel(_first);
        UnregisterChrdevRegion(_numbers, 2);
    }

    private sealed class Channel : Cdev
    {
        public Channel(KernelModule module)
        {
            CdevInit(this, new() { Llseek = NoLlseek });
            Owner = module;
        }
    }
}

//// buggy entry_in_proc
public sealed class FileModule : KernelModule
{
    public override KernelResult Init()
    {
        if (CreateProcEntry("file", SIrugo, null) is not { } entry)
            return -ENOMEM;
        entry.ProcFops = new() { Open = Open }; // DK8008
        return 0;
    }

    public override void Exit() => RemoveProcEntry("file", null);

    private static KernelResult Open(Inode inode, OpenFile filp) => 0;
}

//// correct entry_in_proc_has_the_owner
public sealed class FileModule : KernelModule
{
    public override KernelResult Init()
    {
        if (CreateProcEntry("file", SIrugo, null) is not { } entry)
            return -ENOMEM;
        entry.ProcFops = new() { Open = Open };
        entry.Owner = this;
        return 0;
    }

    public override void Exit() => RemoveProcEntry("file", null);

    private static KernelResult Open(Inode inode, OpenFile filp) => 0;
}

//// buggy device_in_a_nested_class
public sealed class NestModule : KernelModule
{
    private readonly Inner _inner = new();

    public override KernelResult Init() => _inner.Start();

    public override void Exit() => _inner.Stop();

    private sealed class Inner
    {
        private readonly FileOperations _fops;
        private readonly MiscDevice _misc;

        public Inner()
        {
            _fops = new() // DK8008
            {
                Poll = Poll,
            };
            _misc = new() { Name = "inner", Fops = _fops };
        }

        public KernelResult Start() => MiscRegister(_misc);

        public void Stop() => MiscDeregister(_misc);

        private static PollEvents Poll(OpenFile filp, PollTable? wait) => PollEvents.None;
    }
}

//// correct operations_of_one_opening
// The opening has the module already; open only gives it other operations.
public sealed class SwitchModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly FileOperations _reading = new() { Read = Read };

    public SwitchModule() => _misc = new() { Name = "switch", Fops = new() { Owner = this, Open = Open } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if ((filp.FMode & FileModes.Write) == 0)
            filp.FOp = _reading;
        return 0;
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct built_into_the_kernel
// Nothing here can be unloaded.
internal sealed class Builtin
{
    private readonly MiscDevice _misc = new() { Name = "builtin", Fops = new() { Llseek = NoLlseek } };

    public KernelResult Start() => MiscRegister(_misc);
}
