// DK1005 Function that may sleep called in interrupt context
//// buggy handler_takes_a_mutex
public sealed class PadModule : KernelModule
{
    private readonly KernelMutex _lock = new("pad");
    private int _events;

    public override KernelResult Init() => RequestIrq(7, Interrupt, 0, Name, this);

    public override void Exit() => FreeIrq(7, this);

    private IrqReturn Interrupt(int irq, object? devId)
    {
        MutexLock(_lock); // DK1005
        _events++;
        MutexUnlock(_lock);
        return IrqHandled;
    }
}
//// correct handler_takes_a_spinlock
public sealed class PadModule : KernelModule
{
    private readonly Spinlock _lock = new("pad");
    private int _events;

    public override KernelResult Init() => RequestIrq(7, Interrupt, 0, Name, this);

    public override void Exit() => FreeIrq(7, this);

    private IrqReturn Interrupt(int irq, object? devId)
    {
        SpinLock(_lock);
        _events++;
        SpinUnlock(_lock);
        return IrqHandled;
    }
}
//// buggy timer_allocates_and_waits
// The deferred work lab's trap: a timer function is atomic.
public sealed class Watch
{
    private readonly TimerList _timer = new();
    private KernelLogicalAddress _sample;

    public void Start()
    {
        SetupTimer(_timer, OnTimer, null);
        ModTimer(_timer, Jiffies + Hz);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        Kfree(_sample);
        _sample = default;
    }

    private void OnTimer(object? data)
    {
        if (_sample.IsNull)
            _sample = Kzalloc(64, GfpFlags.Kernel); // DK1005
    }
}
//// correct timer_hands_the_work_on
public sealed class Watch
{
    private readonly TimerList _timer = new();
    private readonly WorkStruct _work = new();
    private KernelLogicalAddress _sample;

    public void Start()
    {
        InitWork(_work, OnWork);
        SetupTimer(_timer, OnTimer, null);
        ModTimer(_timer, Jiffies + Hz);
    }

    public void Stop()
    {
        DelTimerSync(_timer);
        FlushScheduledWork();
        Kfree(_sample);
        _sample = default;
    }

    private void OnTimer(object? data) => ScheduleWork(_work);

    private void OnWork(WorkStruct work)
    {
        if (_sample.IsNull)
            _sample = Kzalloc(64, GfpFlags.Kernel);
    }
}
//// buggy tasklet_lambda_sleeps_through_a_helper
public sealed class Drain
{
    private readonly TaskletStruct _tasklet = new();
    private readonly WaitQueueHead _queue = new("drain");
    private bool _empty;

    public void Start() => TaskletInit(_tasklet, _ => Flush(), null); // DK1005

    public void Stop() => TaskletKill(_tasklet);

    private void Flush() => WaitEvent(_queue, () => _empty);
}
//// correct tasklet_lambda_wakes
public sealed class Drain
{
    private readonly TaskletStruct _tasklet = new();
    private readonly WaitQueueHead _queue = new("drain");
    private bool _empty;

    public void Start() => TaskletInit(_tasklet, _ => Flush(), null);

    public void Stop() => TaskletKill(_tasklet);

    private void Flush()
    {
        _empty = true;
        WakeUp(_queue);
    }
}
//// buggy hard_half_of_a_threaded_handler
public sealed class Touch
{
    private int _reports;

    public KernelResult Start() => RequestThreadedIrq(9, Hard, Thread, 0, "touch", this);

    public void Stop() => FreeIrq(9, this);

    private IrqReturn Hard(int irq, object? devId)
    {
        Msleep(1); // DK1005
        return IrqWakeThread;
    }

    private IrqReturn Thread(int irq, object? devId)
    {
        _reports++;
        return IrqHandled;
    }
}
//// correct thread_of_a_threaded_handler
public sealed class Touch
{
    private int _reports;

    public KernelResult Start() => RequestThreadedIrq(9, Hard, Thread, 0, "touch", this);

    public void Stop() => FreeIrq(9, this);

    private static IrqReturn Hard(int irq, object? devId) => IrqWakeThread;

    private IrqReturn Thread(int irq, object? devId)
    {
        Msleep(1);
        _reports++;
        return IrqHandled;
    }
}
//// buggy handler_copies_to_the_process
public sealed class Notify
{
    private UserVirtualAddress _flag;

    public KernelResult Start(UserVirtualAddress flag)
    {
        _flag = flag;
        return RequestIrq(5, Interrupt, Irqf.Shared, "notify", this);
    }

    public void Stop() => FreeIrq(5, this);

    private IrqReturn Interrupt(int irq, object? devId) =>
        PutUser(1u, _flag).IsError ? IrqNone : IrqHandled; // DK1005
}
//// correct handler_notes_and_the_read_copies
public sealed class Notify
{
    private readonly AtomicT _count = new();

    public KernelResult Start() => RequestIrq(5, Interrupt, Irqf.Shared, "notify", this);

    public void Stop() => FreeIrq(5, this);

    public KernelResult Read(UserVirtualAddress to) => PutUser(AtomicRead(_count), to).IsError ? -EFAULT : 4;

    private IrqReturn Interrupt(int irq, object? devId)
    {
        AtomicInc(_count);
        return IrqHandled;
    }
}
//// buggy call_rcu_callback_waits
public sealed class Entry
{
    private readonly RcuHead _head = new();
    private readonly KernelSemaphore _sem = new(1, "entry");
    private bool _gone;

    public void Remove() => CallRcu(_head, Free);

    private void Free(RcuHead head)
    {
        Down(_sem); // DK1005
        _gone = true;
        Up(_sem);
    }
}
//// correct call_rcu_callback_does_not_wait
public sealed class Entry
{
    private readonly RcuHead _head = new();
    private readonly Completion _done = new();
    private bool _gone;

    public void Remove()
    {
        CallRcu(_head, Free);
        WaitForCompletion(_done);
    }

    private void Free(RcuHead head)
    {
        _gone = true;
        Complete(_done);
    }
}
//// buggy function_of_a_timer_set_in_its_constructor
public sealed class Blink
{
    private readonly TimerList _timer;
    private bool _on;

    public Blink() => _timer = new(Toggle);

    public void Start() => ModTimer(_timer, Jiffies + 1);

    public void Stop() => DelTimerSync(_timer);

    private void Toggle(object? data)
    {
        _on = !_on;
        ScheduleTimeout(10); // DK1005
        ModTimer(_timer, Jiffies + 1);
    }
}
//// correct timer_that_sets_itself_anew
public sealed class Blink
{
    private readonly TimerList _timer;
    private bool _on, _stopped;

    public Blink() => _timer = new(Toggle);

    public void Start() => ModTimer(_timer, Jiffies + 1);

    public void Stop()
    {
        _stopped = true;
        DelTimerSync(_timer);
    }

    private void Toggle(object? data)
    {
        _on = !_on;
        if (!_stopped)
            ModTimer(_timer, Jiffies + 10);
    }
}
//// correct one_method_for_both_that_asks_first
public sealed class Both
{
    private readonly TimerList _timer = new();
    private readonly AtomicT _ticks = new();

    public void Start()
    {
        SetupTimer(_timer, Tick, null);
        Tick(null);
    }

    public void Stop() => DelTimerSync(_timer);

    private void Tick(object? data)
    {
        AtomicInc(_ticks);
        if (!InInterrupt() && !InAtomic())
            Msleep(1);
        ModTimer(_timer, Jiffies + Hz);
    }
}
//// correct kernel_thread_and_work_may_sleep
public sealed class Workers
{
    private readonly DelayedWork _work = new();
    private TaskStruct? _thread;

    public KernelResult Start()
    {
        InitDelayedWork(_work, _ => Msleep(20));
        _thread = KthreadRun(Loop, null, "workers");
        if (_thread is null)
            return -ENOMEM;
        ScheduleDelayedWork(_work, Hz);
        return 0;
    }

    public void Stop()
    {
        if (_thread is not null)
            KthreadStop(_thread);
        CancelDelayedWork(_work);
        FlushScheduledWork();
    }

    private static int Loop(object? data)
    {
        while (!KthreadShouldStop())
            Ssleep(1);
        return 0;
    }
}
