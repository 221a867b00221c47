// DK1007 Callback that may sleep given to a slot that must not
//// buggy declared_method_in_a_timer
public sealed class Beat
{
    private readonly TimerList _timer = new();

    public void Start()
    {
        SetupTimer(_timer, OnTimer, null); // DK1007
        ModTimer(_timer, Jiffies + Hz);
    }

    public void Stop() => DelTimerSync(_timer);

    [MightSleep]
    private static void OnTimer(object? data) => Msleep(1);
}
//// correct declared_method_in_a_work
public sealed class Beat
{
    private readonly WorkStruct _work = new();

    public void Start()
    {
        InitWork(_work, OnWork);
        ScheduleWork(_work);
    }

    public void Stop() => FlushScheduledWork();

    [MightSleep]
    private static void OnWork(WorkStruct work) => Msleep(1);
}
//// buggy interface_method_as_interrupt_handler
// The body is not to be seen; the contract is.
public interface IHandler
{
    [MightSleep]
    IrqReturn Handle(int irq, object? devId);
}

public sealed class Line
{
    private readonly IHandler _handler;

    public Line(IHandler handler) => _handler = handler;

    public KernelResult Start() => RequestIrq(11, _handler.Handle, 0, "line", this); // DK1007

    public void Stop() => FreeIrq(11, this);
}
//// correct interface_method_as_threaded_handler
public interface IHandler
{
    [MightSleep]
    IrqReturn Handle(int irq, object? devId);
}

public sealed class Line
{
    private readonly IHandler _handler;

    public Line(IHandler handler) => _handler = handler;

    public KernelResult Start() => RequestThreadedIrq(11, null, _handler.Handle, 0, "line", this);

    public void Stop() => FreeIrq(11, this);
}
//// buggy declared_lambda_in_a_tasklet
public sealed class Later
{
    private readonly TaskletStruct _tasklet = new();
    private readonly Completion _done = new();

    public void Start() => TaskletInit(_tasklet, [MightSleep] (data) => WaitForCompletion(_done), null); // DK1007

    public void Stop() => TaskletKill(_tasklet);
}
//// correct plain_lambda_in_a_tasklet
public sealed class Later
{
    private readonly TaskletStruct _tasklet = new();
    private readonly Completion _done = new();

    public void Start() => TaskletInit(_tasklet, _ => Complete(_done), null);

    public void Stop() => TaskletKill(_tasklet);
}
//// buggy slot_of_the_drivers_own
public delegate void Notifier(int code);

public sealed class Bus
{
    private readonly Spinlock _lock = new("bus");
    private int _last;

    [AtomicContext]
    public Action<int>? Notify { get; set; }

    public void Attach() => Notify = Report; // DK1007

    public void Send(int code)
    {
        SpinLock(_lock);
        _last = code;
        SpinUnlock(_lock);
    }

    [MightSleep]
    private void Report(int code) => Msleep((uint)(code + _last));
}
//// correct slot_of_the_drivers_own_that_may_sleep
public sealed class Bus
{
    public Action<int>? Notify { get; set; }

    public void Attach() => Notify = Report;

    [MightSleep]
    private static void Report(int code) => Msleep((uint)code);
}
//// buggy parameter_of_the_drivers_own
public sealed class Walker
{
    private readonly Spinlock _lock = new("walker");
    private readonly int[] _items = new int[4];

    public void Dump() => ForEach(Print); // DK1007

    private void ForEach([AtomicContext] Action<int> visit)
    {
        SpinLock(_lock);
        foreach (int item in _items)
            visit(item);
        SpinUnlock(_lock);
    }

    [MightSleep]
    private static void Print(int item) => CondResched();
}
//// correct parameter_that_is_called_without_the_lock
public sealed class Walker
{
    private readonly int[] _items = new int[4];

    public void Dump() => ForEach(Print);

    private void ForEach(Action<int> visit)
    {
        foreach (int item in _items)
            visit(item);
    }

    [MightSleep]
    private static void Print(int item) => CondResched();
}
//// buggy condition_that_takes_a_mutex
// wait_event() asks its condition between prepare_to_wait() and schedule(): a sleep there makes the task runnable again.
public sealed class Inbox
{
    private readonly WaitQueueHead _queue = new("inbox");
    private readonly KernelMutex _lock = new("inbox");
    private int _count;

    public KernelResult Wait() =>
        WaitEventInterruptible(_queue, HasMail); // DK1007

    private bool HasMail()
    {
        MutexLock(_lock);
        bool any = _count != 0;
        MutexUnlock(_lock);
        return any;
    }
}
//// correct condition_under_a_spinlock
public sealed class Inbox
{
    private readonly WaitQueueHead _queue = new("inbox");
    private readonly Spinlock _lock = new("inbox");
    private int _count;

    public KernelResult Wait() => WaitEventInterruptible(_queue, HasMail);

    private bool HasMail()
    {
        SpinLock(_lock);
        bool any = _count != 0;
        SpinUnlock(_lock);
        return any;
    }
}
//// buggy condition_that_allocates
public sealed class Spare
{
    private readonly WaitQueueHead _queue = new("spare");
    private KernelLogicalAddress _page;

    public void Wait() => WaitEvent(_queue, () => !(_page = GetFreePage(GfpFlags.Kernel)).IsNull); // DK1007
}
//// correct condition_that_asks_a_trylock
public sealed class Spare
{
    private readonly WaitQueueHead _queue = new("spare");
    private readonly KernelMutex _lock = new("spare");
    private int _used;

    public void Use()
    {
        WaitEvent(_queue, () => MutexTrylock(_lock));
        _used++;
        MutexUnlock(_lock);
    }
}
//// buggy async_work
public sealed class Meter
{
    private readonly WorkStruct _work = new();
    private uint _value;

    public void Start()
    {
        InitWork(_work, async _ => // DK1007
        {
            await System.Threading.Tasks.Task.Yield();
            _value = Inl(0x300);
        });
        ScheduleWork(_work);
    }

    public uint Value => _value;
}
//// correct work_that_is_done_when_it_returns
public sealed class Meter
{
    private readonly WorkStruct _work = new();
    private uint _value;

    public void Start()
    {
        InitWork(_work, _ => _value = Inl(0x300));
        ScheduleWork(_work);
    }

    public uint Value => _value;
}
