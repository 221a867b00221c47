// DK1001 Function that may sleep called in atomic context
//// buggy msleep_under_a_spinlock
// The commonest form: a delay that was added under the lock.
public sealed class Card
{
    private readonly Spinlock _lock = new("card");
    private readonly IoAddress _registers;

    public Card(IoAddress registers) => _registers = registers;

    public void Reset()
    {
        SpinLock(_lock);
        Writel(1, _registers);
        Msleep(10); // DK1001
        Writel(0, _registers);
        SpinUnlock(_lock);
    }
}
//// correct busy_wait_under_a_spinlock
public sealed class Card
{
    private readonly Spinlock _lock = new("card");
    private readonly IoAddress _registers;

    public Card(IoAddress registers) => _registers = registers;

    public void Reset()
    {
        SpinLock(_lock);
        Writel(1, _registers);
        Udelay(10);
        Writel(0, _registers);
        SpinUnlock(_lock);
        Msleep(10);
    }
}
//// buggy two_helpers_deep
public sealed class Channel
{
    private readonly Spinlock _lock = new("channel");
    private readonly KernelMutex _config = new("config");
    private int _rate;

    public void Set(int rate)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        Apply(rate); // DK1001
        SpinUnlockIrqrestore(_lock, flags);
    }

    private void Apply(int rate)
    {
        if (rate > 0)
            Store(rate);
    }

    private void Store(int rate)
    {
        MutexLock(_config);
        _rate = rate;
        MutexUnlock(_config);
    }
}
//// correct two_helpers_deep_in_the_other_order
public sealed class Channel
{
    private readonly Spinlock _lock = new("channel");
    private readonly KernelMutex _config = new("config");
    private int _rate;

    public void Set(int rate)
    {
        MutexLock(_config);
        Apply(rate);
        MutexUnlock(_config);
    }

    private void Apply(int rate)
    {
        if (rate > 0)
            Store(rate);
    }

    private void Store(int rate)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _rate = rate;
        SpinUnlockIrqrestore(_lock, flags);
    }
}
//// buggy lambda_called_under_the_lock
public sealed class Link
{
    private readonly Spinlock _lock = new("link");

    public void Restart(uint milliseconds)
    {
        Action settle = () => Msleep(milliseconds);
        SpinLockBh(_lock);
        settle(); // DK1001
        SpinUnlockBh(_lock);
    }
}
//// correct lambda_made_under_the_lock_and_called_after
public sealed class Link
{
    private readonly Spinlock _lock = new("link");
    private uint _delay = 5;

    public void Restart()
    {
        SpinLockBh(_lock);
        uint milliseconds = _delay;
        Action settle = () => Msleep(milliseconds);
        SpinUnlockBh(_lock);
        settle();
    }
}
//// buggy local_function_with_preemption_off
public sealed class Counters
{
    private readonly Completion _done = new();
    private readonly ulong[] _perCpu = new ulong[4];

    public void Drain()
    {
        PreemptDisable();
        _perCpu[SmpProcessorId() & 3] = 0;
        WaitForAll(); // DK1001
        PreemptEnable();

        void WaitForAll() => WaitForCompletion(_done);
    }
}
//// correct local_function_after_preemption_is_on
public sealed class Counters
{
    private readonly Completion _done = new();
    private readonly ulong[] _perCpu = new ulong[4];

    public void Drain()
    {
        PreemptDisable();
        _perCpu[SmpProcessorId() & 3] = 0;
        PreemptEnable();
        WaitForAll();

        void WaitForAll() => WaitForCompletion(_done);
    }
}
//// buggy delegate_in_a_field
public sealed class Tuner
{
    private readonly Rwlock _lock = new("tuner");
    private readonly Action _settle;
    private uint _frequency;

    public Tuner() => _settle = Settle;

    public void Tune(uint frequency)
    {
        WriteLock(_lock);
        _frequency = frequency;
        _settle(); // DK1001
        WriteUnlock(_lock);
    }

    private static void Settle() => Ssleep(1);
}
//// correct delegate_in_a_field_that_only_waits
public sealed class Tuner
{
    private readonly Rwlock _lock = new("tuner");
    private readonly Action _settle;
    private uint _frequency;

    public Tuner() => _settle = Settle;

    public void Tune(uint frequency)
    {
        WriteLock(_lock);
        _frequency = frequency;
        _settle();
        WriteUnlock(_lock);
    }

    private static void Settle() => Mdelay(1);
}
//// buggy grace_period_inside_a_read_section
// synchronize_rcu() waits for the section it is called from.
public sealed class Table
{
    private object? _entries;

    public void Replace(object entries)
    {
        RcuReadLock();
        if (!ReferenceEquals(RcuDereference(in _entries), entries))
        {
            RcuAssignPointer(ref _entries, entries);
            SynchronizeRcu(); // DK1001
        }

        RcuReadUnlock();
    }
}
//// correct grace_period_after_the_read_section
public sealed class Table
{
    private object? _entries;

    public void Replace(object entries)
    {
        RcuReadLock();
        bool isOld = !ReferenceEquals(RcuDereference(in _entries), entries);
        RcuReadUnlock();
        if (isOld)
        {
            RcuAssignPointer(ref _entries, entries);
            SynchronizeRcu();
        }
    }
}
//// buggy guard_changed_by_reference
public sealed class Port
{
    private readonly Spinlock _lock = new("port");
    private int _users;

    public void Close(bool shared)
    {
        bool locked = shared;
        if (locked)
            SpinLock(_lock);
        Forget(ref shared);
        if (!shared)
            Msleep(1); // DK1001
        if (locked)
            SpinUnlock(_lock);
    }

    private void Forget(ref bool shared)
    {
        if (--_users <= 1)
            shared = false;
    }
}
//// correct guard_that_stays
public sealed class Port
{
    private readonly Spinlock _lock = new("port");
    private int _users;

    public void Close(bool shared)
    {
        bool locked = shared;
        if (locked)
            SpinLock(_lock);
        _users--;
        if (!shared)
            Msleep(1);
        if (locked)
            SpinUnlock(_lock);
    }
}
//// buggy sleep_where_the_trylock_succeeded
public sealed class Meter
{
    private readonly Spinlock _lock = new("meter");
    private readonly WaitQueueHead _queue = new("meter");
    private bool _ready;

    public KernelResult Poll()
    {
        if (!SpinTrylock(_lock))
            return -EBUSY;
        WaitEvent(_queue, () => _ready); // DK1001
        SpinUnlock(_lock);
        return 0;
    }
}
//// correct sleep_where_the_trylock_failed
public sealed class Meter
{
    private readonly Spinlock _lock = new("meter");
    private bool _ready;

    public bool Poll()
    {
        while (!SpinTrylock(_lock))
            Msleep(1);
        bool ready = _ready;
        SpinUnlock(_lock);
        return ready;
    }
}
//// correct asks_whether_it_may
public sealed class Pause
{
    public static void Wait()
    {
        if (InAtomic() || IrqsDisabled())
            Mdelay(5);
        else
            Msleep(5);
    }
}
//// correct loop_that_drops_the_lock_to_sleep
// The form of wait_event_lock_irq.
public sealed class Queue
{
    private readonly Spinlock _lock = new("queue");
    private int _count;

    public int Take()
    {
        SpinLockIrq(_lock);
        while (_count == 0)
        {
            SpinUnlockIrq(_lock);
            Schedule();
            SpinLockIrq(_lock);
        }

        int taken = _count--;
        SpinUnlockIrq(_lock);
        return taken;
    }
}
//// correct unlocked_by_a_helper_and_by_finally
public sealed class Display
{
    private readonly Spinlock _lock = new("display");
    private int _frame;

    public void Flip(int frame)
    {
        try
        {
            SpinLock(_lock);
            _frame = frame;
        }
        finally
        {
            Leave();
        }

        Schedule();
    }

    private void Leave() => SpinUnlock(_lock);
}
