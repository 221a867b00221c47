// DK7005 Lock that an interrupt takes, taken with interrupts on
//// buggy read_against_the_interrupt_handler
public sealed class ScanModule : KernelModule
{
    private readonly Spinlock _lock = new("scan");
    private readonly MiscDevice _misc;
    private int _codes;

    public ScanModule() => _misc = new() { Name = "scan", Fops = new() { Owner = this, Open = Open } };

    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(7, Interrupt, Irqf.Shared, Name, this);
        if (result.IsError)
            return result;
        result = MiscRegister(_misc);
        if (result.IsError)
            FreeIrq(7, this);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreeIrq(7, this);
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _codes++;
        SpinUnlock(_lock);
        return IrqNone;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        SpinLock(_lock); // DK7005
        _codes = 0;
        SpinUnlock(_lock);
        return 0;
    }
}
//// correct read_with_interrupts_off
public sealed class ScanModule : KernelModule
{
    private readonly Spinlock _lock = new("scan");
    private readonly MiscDevice _misc;
    private int _codes;

    public ScanModule() => _misc = new() { Name = "scan", Fops = new() { Owner = this, Open = Open } };

    public override KernelResult Init()
    {
        KernelResult result = RequestIrq(7, Interrupt, Irqf.Shared, Name, this);
        if (result.IsError)
            return result;
        result = MiscRegister(_misc);
        if (result.IsError)
            FreeIrq(7, this);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreeIrq(7, this);
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _codes++;
        SpinUnlock(_lock);
        return IrqNone;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _codes = 0;
        SpinUnlockIrqrestore(_lock, flags);
        return 0;
    }
}
//// buggy process_against_a_timer
// The deferred work lab and crusher: a list shared with a timer under a plain lock.
public sealed class Monitor
{
    private readonly Spinlock _lock = new("monitor");
    private readonly TimerList _timer = new();
    private readonly WorkStruct _work = new();
    private int _count;

    public void Start()
    {
        InitWork(_work, Print);
        SetupTimer(_timer, OnTimer, null);
        ModTimer(_timer, Jiffies + Hz);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        FlushScheduledWork();
    }

    private void OnTimer(object? data)
    {
        SpinLock(_lock);
        _count++;
        SpinUnlock(_lock);
        ScheduleWork(_work);
    }

    private void Print(WorkStruct work)
    {
        SpinLock(_lock); // DK7005
        int count = _count;
        SpinUnlock(_lock);
        Printk($"monitor: {count}");
    }
}
//// correct process_with_bottom_halves_off
public sealed class Monitor
{
    private readonly Spinlock _lock = new("monitor");
    private readonly TimerList _timer = new();
    private readonly WorkStruct _work = new();
    private int _count;

    public void Start()
    {
        InitWork(_work, Print);
        SetupTimer(_timer, OnTimer, null);
        ModTimer(_timer, Jiffies + Hz);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        FlushScheduledWork();
    }

    private void OnTimer(object? data)
    {
        SpinLock(_lock);
        _count++;
        SpinUnlock(_lock);
        ScheduleWork(_work);
    }

    private void Print(WorkStruct work)
    {
        SpinLockBh(_lock);
        int count = _count;
        SpinUnlockBh(_lock);
        Printk($"monitor: {count}");
    }
}
//// buggy bottom_halves_off_is_not_enough_for_an_interrupt
public sealed class Uart
{
    private readonly Spinlock _lock = new("uart");
    private readonly WorkStruct _work = new();
    private int _pending;

    public KernelResult Start()
    {
        InitWork(_work, Send);
        return RequestIrq(4, Interrupt, 0, "uart", this);
    }

    public void Stop()
    {
        FreeIrq(4, this);
        FlushScheduledWork();
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _pending++;
        SpinUnlock(_lock);
        ScheduleWork(_work);
        return IrqHandled;
    }

    private void Send(WorkStruct work)
    {
        SpinLockBh(_lock); // DK7005
        _pending = 0;
        SpinUnlockBh(_lock);
    }
}
//// correct interrupts_turned_off_before
public sealed class Uart
{
    private readonly Spinlock _lock = new("uart");
    private readonly WorkStruct _work = new();
    private int _pending;

    public KernelResult Start()
    {
        InitWork(_work, Send);
        return RequestIrq(4, Interrupt, 0, "uart", this);
    }

    public void Stop()
    {
        FreeIrq(4, this);
        FlushScheduledWork();
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _pending++;
        SpinUnlock(_lock);
        ScheduleWork(_work);
        return IrqHandled;
    }

    private void Send(WorkStruct work)
    {
        LocalIrqDisable();
        SpinLock(_lock);
        _pending = 0;
        SpinUnlock(_lock);
        LocalIrqEnable();
    }
}
//// buggy helper_of_both_sides
public sealed class Events
{
    private readonly Spinlock _lock = new("events");
    private readonly WorkStruct _work = new();
    private int _count;

    public KernelResult Start()
    {
        InitWork(_work, OnWork);
        return RequestIrq(6, Interrupt, 0, "events", this);
    }

    public void Stop()
    {
        FreeIrq(6, this);
        FlushScheduledWork();
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        Add(1);
        ScheduleWork(_work);
        return IrqHandled;
    }

    private void OnWork(WorkStruct work) => Add(-1);

    private void Add(int by)
    {
        SpinLock(_lock); // DK7005
        _count += by;
        SpinUnlock(_lock);
    }
}
//// correct helper_of_both_sides_that_saves
public sealed class Events
{
    private readonly Spinlock _lock = new("events");
    private readonly WorkStruct _work = new();
    private int _count;

    public KernelResult Start()
    {
        InitWork(_work, OnWork);
        return RequestIrq(6, Interrupt, 0, "events", this);
    }

    public void Stop()
    {
        FreeIrq(6, this);
        FlushScheduledWork();
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        Add(1);
        ScheduleWork(_work);
        return IrqHandled;
    }

    private void OnWork(WorkStruct work) => Add(-1);

    private void Add(int by)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _count += by;
        SpinUnlockIrqrestore(_lock, flags);
    }
}
//// buggy reader_against_a_writing_tasklet
public sealed class Levels
{
    private readonly Rwlock _lock = new("levels");
    private readonly TaskletStruct _tasklet = new();
    private TaskStruct? _thread;
    private int _level;

    public KernelResult Start()
    {
        TaskletInit(_tasklet, _ => Update(), null);
        _thread = KthreadRun(Show, null, "levels");
        return _thread is null ? -ENOMEM : 0;
    }

    public void Stop()
    {
        if (_thread is not null)
            KthreadStop(_thread);
        TaskletKill(_tasklet);
    }

    private void Update()
    {
        WriteLock(_lock);
        _level++;
        WriteUnlock(_lock);
    }

    private int Show(object? data)
    {
        while (!KthreadShouldStop())
        {
            ReadLock(_lock); // DK7005
            int level = _level;
            ReadUnlock(_lock);
            Printk($"level {level}");
            TaskletSchedule(_tasklet);
            Msleep(100);
        }

        return 0;
    }
}
//// correct reader_against_a_reading_tasklet
// Two readers do not wait for one another.
public sealed class Levels
{
    private readonly Rwlock _lock = new("levels");
    private readonly TaskletStruct _tasklet = new();
    private TaskStruct? _thread;
    private int _level, _shown;

    public KernelResult Start()
    {
        TaskletInit(_tasklet, _ => Update(), null);
        _thread = KthreadRun(Show, null, "levels");
        return _thread is null ? -ENOMEM : 0;
    }

    public void Stop()
    {
        if (_thread is not null)
            KthreadStop(_thread);
        TaskletKill(_tasklet);
    }

    private void Update()
    {
        ReadLock(_lock);
        _shown = _level;
        ReadUnlock(_lock);
    }

    private int Show(object? data)
    {
        while (!KthreadShouldStop())
        {
            ReadLock(_lock);
            int level = _level;
            ReadUnlock(_lock);
            Printk($"level {level}");
            TaskletSchedule(_tasklet);
            Msleep(100);
        }

        return 0;
    }
}
//// buggy tasklet_against_its_interrupt
public sealed class Frames
{
    private readonly Spinlock _lock = new("frames");
    private readonly TaskletStruct _tasklet = new();
    private int _frames;

    public KernelResult Start()
    {
        TaskletInit(_tasklet, Collect, null);
        return RequestIrq(10, Interrupt, 0, "frames", this);
    }

    public void Stop()
    {
        FreeIrq(10, this);
        TaskletKill(_tasklet);
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _frames++;
        SpinUnlock(_lock);
        TaskletSchedule(_tasklet);
        return IrqHandled;
    }

    private void Collect(object? data)
    {
        SpinLock(_lock); // DK7005
        _frames = 0;
        SpinUnlock(_lock);
    }
}
//// correct tasklet_with_interrupts_off
public sealed class Frames
{
    private readonly Spinlock _lock = new("frames");
    private readonly TaskletStruct _tasklet = new();
    private int _frames;

    public KernelResult Start()
    {
        TaskletInit(_tasklet, Collect, null);
        return RequestIrq(10, Interrupt, 0, "frames", this);
    }

    public void Stop()
    {
        FreeIrq(10, this);
        TaskletKill(_tasklet);
    }

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _frames++;
        SpinUnlock(_lock);
        TaskletSchedule(_tasklet);
        return IrqHandled;
    }

    private void Collect(object? data)
    {
        SpinLockIrq(_lock);
        _frames = 0;
        SpinUnlockIrq(_lock);
    }
}
//// correct tried_in_the_handler
// The handler does not wait: it comes again.
public sealed class Sampler
{
    private readonly Spinlock _lock = new("sampler");
    private readonly TimerList _timer = new();
    private readonly WorkStruct _work = new();
    private int _sum;

    public void Start()
    {
        InitWork(_work, Reset);
        SetupTimer(_timer, OnTimer, null);
        ModTimer(_timer, Jiffies + 1);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        FlushScheduledWork();
    }

    private void OnTimer(object? data)
    {
        if (!SpinTrylock(_lock))
            return;
        _sum++;
        SpinUnlock(_lock);
        ScheduleWork(_work);
    }

    private void Reset(WorkStruct work)
    {
        SpinLock(_lock);
        _sum = 0;
        SpinUnlock(_lock);
    }
}
