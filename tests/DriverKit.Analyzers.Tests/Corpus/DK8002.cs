// DK8002 Registration or memory of Init not taken back in Exit

//// buggy no_exit_at_all
public sealed class BeepModule : KernelModule
{
    private readonly MiscDevice _misc;

    public BeepModule() => _misc = new() { Name = "beep", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init() => MiscRegister(_misc); // DK8002

    private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => count;
}

//// correct exit_takes_it_back
public sealed class BeepModule : KernelModule
{
    private readonly MiscDevice _misc;

    public BeepModule() => _misc = new() { Name = "beep", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => count;
}

//// buggy numbers_are_forgotten
// The bug class of the chrdev-at-exit rules of Linux Driver Verification.
public sealed class CounterModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _first;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, 1, "counter"); // DK8002
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read });
        result = CdevAdd(_cdev, _first, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_first, 1);
        return result;
    }

    public override void Exit() => CdevDel(_cdev);

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct numbers_by_a_helper
public sealed class CounterModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _first;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, 1, "counter");
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read });
        result = CdevAdd(_cdev, _first, 1);
        if (result.IsError)
            GiveBackNumbers();
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        GiveBackNumbers();
    }

    private void GiveBackNumbers() => UnregisterChrdevRegion(_first, 1);

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// buggy one_of_two_devices
public sealed class PairModule : KernelModule
{
    private readonly MiscDevice _left, _right;

    public PairModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Read = Read } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Read = Read } };
    }

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_left);
        if (result.IsError)
            return result;
        result = MiscRegister(_right); // DK8002
        if (result.IsError)
            MiscDeregister(_left);
        return result;
    }

    public override void Exit() => MiscDeregister(_left);

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct both_devices_in_a_loop
public sealed class PairModule : KernelModule
{
    private readonly MiscDevice _left, _right;

    public PairModule()
    {
        _left = new() { Name = "left", Fops = new() { Owner = this, Read = Read } };
        _right = new() { Name = "right", Fops = new() { Owner = this, Read = Read } };
    }

    public override KernelResult Init()
    {
        KernelResult result = MiscRegister(_left);
        if (result.IsError)
            return result;
        result = MiscRegister(_right);
        if (result.IsError)
            MiscDeregister(_left);
        return result;
    }

    public override void Exit()
    {
        foreach (MiscDevice device in new[] { _right, _left })
            MiscDeregister(device);
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// buggy entry_in_proc_made_by_a_helper
public sealed class StatusModule : KernelModule
{
    public override KernelResult Init()
    {
        if (CreateProcEntry("status", SIrugo, null) is null)
            return -ENOMEM;
        AddDetails(); // DK8002
        return 0;
    }

    public override void Exit() => RemoveProcEntry("status", null);

    private void AddDetails()
    {
        if (CreateProcEntry("status_details", SIrugo, null) is not { } entry)
            return;
        entry.Owner = this;
        entry.Data = "details";
    }
}

//// correct entries_in_proc_by_a_list_of_names
public sealed class StatusModule : KernelModule
{
    private static readonly string[] Names = ["status", "status_details"];

    public override KernelResult Init()
    {
        foreach (string name in Names)
            Add(name);
        return 0;
    }

    public override void Exit() => Array.ForEach(Names, static name => RemoveProcEntry(name, null));

    private void Add(string name)
    {
        if (CreateProcEntry(name, SIrugo, null) is { } entry)
            entry.Owner = this;
    }
}

//// buggy buffer_is_never_freed
public sealed class BufferModule : KernelModule
{
    private const ulong Size = 64 * 1024;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _buffer;

    public BufferModule() => _misc = new() { Name = "buffer", Fops = new() { Owner = this, Llseek = Llseek } };

    public override KernelResult Init()
    {
        _buffer = Vmalloc(Size); // DK8002
        if (_buffer.IsNull)
            return -ENOMEM;
        Memset(_buffer, 0, Size);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_buffer);
        return result;
    }

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Llseek(OpenFile filp, long offset, SeekWhence whence) => -ESPIPE;
}

//// correct buffer_freed_by_its_object
public sealed class BufferModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly Store _store = new();

    public BufferModule() => _misc = new() { Name = "buffer", Fops = new() { Owner = this, Llseek = Llseek } };

    public override KernelResult Init()
    {
        if (!_store.Allocate(64 * 1024))
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            _store.Dispose();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        _store.Dispose();
    }

    private static KernelResult Llseek(OpenFile filp, long offset, SeekWhence whence) => -ESPIPE;

    private sealed class Store : IDisposable
    {
        private KernelVirtualAddress _at;

        public bool Allocate(ulong size)
        {
            _at = Vmalloc(size);
            return !_at.IsNull;
        }

        public void Dispose()
        {
            Vfree(_at);
            _at = default;
        }
    }
}

//// buggy ports_taken_back_as_memory
public sealed class CardModule : KernelModule
{
    private const ulong Base = 0x300;

    public override KernelResult Init() => RequestRegion(Base, 8, Name) is null ? -EBUSY : 0; // DK8002

    public override void Exit() => ReleaseMemRegion(new(Base), 8);
}

//// correct ports_or_memory
public sealed class CardModule : KernelModule
{
    [ModuleParam]
    public ulong Base { get; set; } = 0x300;

    [ModuleParam]
    public bool UseMem { get; set; }

    public override KernelResult Init() =>
        (UseMem ? RequestMemRegion(new(Base), 8, Name) : RequestRegion(Base, 8, Name)) is null ? -EBUSY : 0;

    public override void Exit()
    {
        if (UseMem)
            ReleaseMemRegion(new(Base), 8);
        else
            ReleaseRegion(Base, 8);
    }
}

//// buggy shutdown_that_nobody_calls
public sealed class WorkModule : KernelModule
{
    private readonly WorkStruct _work = new(static _ => Printk(LogLevel.Info, "worked"));
    private WorkqueueStruct? _queue;

    public override KernelResult Init()
    {
        _queue = CreateSinglethreadWorkqueue("worker"); // DK8002
        if (_queue is null)
            return -ENOMEM;
        QueueWork(_queue, _work);
        return 0;
    }

    public override void Exit()
    {
        if (_queue is { } queue)
            FlushWorkqueue(queue);
    }

    internal void Shutdown()
    {
        if (_queue is { } queue)
            DestroyWorkqueue(queue);
        _queue = null;
    }
}

//// correct list_of_what_to_undo
// Each step notes how it is undone; Exit and a failing Init do all of it, the last first.
public sealed class WorkModule : KernelModule
{
    private readonly Stack<Action> _undo = new();
    private readonly MiscDevice _misc;

    public WorkModule() => _misc = new() { Name = "work", Fops = new() { Owner = this, Llseek = NoLlseek } };

    public override KernelResult Init()
    {
        if (CreateSinglethreadWorkqueue("worker") is not { } queue)
            return -ENOMEM;
        _undo.Push(() => DestroyWorkqueue(queue));
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Exit();
        else
            _undo.Push(() => MiscDeregister(_misc));
        return result;
    }

    public override void Exit()
    {
        while (_undo.TryPop(out Action? undo))
            undo();
    }
}

//// correct template_methods_of_a_base_class
public abstract class OneDeviceModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    protected abstract FileOperations Operations { get; }

    public sealed override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, Name);
        if (result.IsError)
            return result;
        CdevInit(_cdev, Operations);
        _cdev.Owner = this;
        result = CdevAdd(_cdev, _device, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public sealed override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }
}

public sealed class NullModule : OneDeviceModule
{
    protected override FileOperations Operations => new() { Owner = this, Read = Read };

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}
