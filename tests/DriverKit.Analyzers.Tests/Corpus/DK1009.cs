// DK1009 Atomic allocation where sleeping is allowed
//// buggy in_init
public sealed class TableModule : KernelModule
{
    private KernelLogicalAddress _table;

    public override KernelResult Init()
    {
        _table = Kzalloc(4096, GfpFlags.Atomic); // DK1009
        return _table.IsNull ? -ENOMEM : 0;
    }

    public override void Exit() => Kfree(_table);
}
//// correct in_init_with_kernel_flags
public sealed class TableModule : KernelModule
{
    private KernelLogicalAddress _table;

    public override KernelResult Init()
    {
        _table = Kzalloc(4096, GfpFlags.Kernel);
        return _table.IsNull ? -ENOMEM : 0;
    }

    public override void Exit() => Kfree(_table);
}
//// buggy in_a_file_operation
public sealed class NoteModule : KernelModule
{
    private readonly MiscDevice _misc;

    public NoteModule() => _misc = new() { Name = "note", Fops = new() { Owner = this, Open = Open, Release = Release } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Open(Inode inode, OpenFile filp)
    {
        KernelLogicalAddress note = Kmalloc(128, GfpFlags.Atomic); // DK1009
        if (note.IsNull)
            return -ENOMEM;
        filp.PrivateData = note;
        return 0;
    }

    private static KernelResult Release(Inode inode, OpenFile filp)
    {
        if (filp.PrivateData is KernelLogicalAddress note)
            Kfree(note);
        return 0;
    }
}
//// correct in_a_file_operation_under_a_spinlock
public sealed class NoteModule : KernelModule
{
    private readonly Spinlock _lock = new("note");
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _note;

    public NoteModule() => _misc = new() { Name = "note", Fops = new() { Owner = this, Open = Open } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_note);
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        SpinLock(_lock);
        if (_note.IsNull)
            _note = Kmalloc(128, GfpFlags.Atomic);
        bool isThere = !_note.IsNull;
        SpinUnlock(_lock);
        return isThere ? 0 : -ENOMEM;
    }
}
//// buggy in_a_work_function
public sealed class Collector
{
    private readonly WorkStruct _work = new();
    private Page? _page;

    public void Start()
    {
        InitWork(_work, Collect);
        ScheduleWork(_work);
    }

    public void Stop()
    {
        FlushScheduledWork();
        if (_page is not null)
            FreePage(_page);
    }

    private void Collect(WorkStruct work) => _page ??= AllocPage(GfpFlags.Atomic); // DK1009
}
//// correct in_a_timer_function
public sealed class Collector
{
    private readonly TimerList _timer = new();
    private Page? _page;

    public void Start()
    {
        SetupTimer(_timer, Collect, null);
        ModTimer(_timer, Jiffies + 1);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        if (_page is not null)
            FreePage(_page);
    }

    private void Collect(object? data) => _page ??= AllocPage(GfpFlags.Atomic);
}
//// buggy after_the_lock_is_given_back
public sealed class LogModule : KernelModule
{
    private readonly Spinlock _lock = new("log");
    private KernelLogicalAddress _text;
    private bool _loaded;

    public override KernelResult Init()
    {
        SpinLock(_lock);
        _loaded = true;
        SpinUnlock(_lock);
        _text = GetZeroedPage(GfpFlags.Atomic | GfpFlags.NoWarn); // DK1009
        return _text.IsNull ? -ENOMEM : 0;
    }

    public override void Exit()
    {
        _loaded = false;
        FreePage(_text);
    }
}
//// correct in_a_helper_that_anybody_may_call
public sealed class LogModule : KernelModule
{
    private readonly Spinlock _lock = new("log");
    private KernelLogicalAddress _text;

    public override KernelResult Init()
    {
        Prepare();
        return _text.IsNull ? -ENOMEM : 0;
    }

    public override void Exit() => FreePage(_text);

    public void Restart()
    {
        SpinLock(_lock);
        if (_text.IsNull)
            Prepare();
        SpinUnlock(_lock);
    }

    private void Prepare() => _text = GetZeroedPage(GfpFlags.Atomic);
}
//// buggy in_a_kernel_thread
public sealed class Feeder
{
    private KernelLogicalAddress _food;
    private TaskStruct? _thread;

    public KernelResult Start()
    {
        _thread = KthreadRun(Feed, null, "feeder");
        return _thread is null ? -ENOMEM : 0;
    }

    public void Stop()
    {
        if (_thread is not null)
            KthreadStop(_thread);
        Kfree(_food);
    }

    private int Feed(object? data)
    {
        if (_food.IsNull)
            _food = Kmalloc(64, GfpFlags.Atomic); // DK1009
        while (!KthreadShouldStop())
            Msleep(10);
        return 0;
    }
}
//// correct with_preemption_off_in_a_kernel_thread
public sealed class Feeder
{
    private KernelLogicalAddress _food;
    private TaskStruct? _thread;

    public KernelResult Start()
    {
        _thread = KthreadRun(Feed, null, "feeder");
        return _thread is null ? -ENOMEM : 0;
    }

    public void Stop()
    {
        if (_thread is not null)
            KthreadStop(_thread);
        Kfree(_food);
    }

    private int Feed(object? data)
    {
        PreemptDisable();
        if (_food.IsNull)
            _food = Kmalloc(64, GfpFlags.Atomic);
        PreemptEnable();
        while (!KthreadShouldStop())
            Msleep(10);
        return 0;
    }
}
//// buggy lambda_as_a_file_operation
public sealed class EchoModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _last;

    public EchoModule() => _misc = new()
    {
        Name = "echo",
        Fops = new()
        {
            Owner = this,
            Open = (inode, filp) =>
            {
                if (_last.IsNull)
                    _last = Kzalloc(32, GfpFlags.Atomic); // DK1009
                return _last.IsNull ? -ENOMEM : 0;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_last);
    }
}
//// correct flags_that_a_caller_chose
public sealed class EchoModule : KernelModule
{
    private KernelLogicalAddress _last;

    public override KernelResult Init()
    {
        Fill(GfpFlags.Kernel);
        return _last.IsNull ? -ENOMEM : 0;
    }

    public override void Exit() => Kfree(_last);

    public void FillFromTimer() => Fill(GfpFlags.Atomic);

    private void Fill(GfpFlags flags)
    {
        if (_last.IsNull)
            _last = Kzalloc(32, flags);
    }
}
