// DK1008 Contract contradicted by the body
//// buggy atomic_method_that_sleeps
public sealed class Fifo
{
    private int _level;

    [AtomicContext]
    public void Push(int value)
    {
        _level += value;
        Msleep(1); // DK1008
    }
}
//// correct atomic_method_that_waits_busily
public sealed class Fifo
{
    private int _level;

    [AtomicContext]
    public void Push(int value)
    {
        _level += value;
        Udelay(1);
    }
}
//// buggy atomic_method_that_allocates_through_a_helper
public sealed class Cache
{
    private KernelLogicalAddress _entry;

    [AtomicContext]
    public void Touch()
    {
        if (_entry.IsNull)
            Make(); // DK1008
    }

    private void Make() => _entry = Kmalloc(16, GfpFlags.Kernel);
}
//// correct method_whose_contract_asks_its_flags
public sealed class Cache
{
    private KernelLogicalAddress _entry;

    [AtomicContext]
    public void Touch()
    {
        if (_entry.IsNull)
            Make(GfpFlags.Atomic);
    }

    [MightSleep(FlagsParameter = nameof(flags))]
    private void Make(GfpFlags flags) => _entry = Kmalloc(16, flags);
}
//// buggy says_it_locks_and_does_not
public sealed class Door
{
    private bool _open;

    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    public void Close(Spinlock door) // DK1008
    {
        if (!_open)
            return;
        SpinLock(door);
        _open = false;
        SpinUnlock(door);
    }
}
//// correct says_it_locks_and_does
public sealed class Door
{
    private bool _open;

    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    public void Close(Spinlock door)
    {
        SpinLock(door);
        _open = false;
    }
}
//// buggy says_it_unlocks_and_does_not
public sealed class Bridge
{
    private int _users;

    [Releases(KernelResource.Mutex)]
    public void Leave(KernelMutex bridge) => _users--; // DK1008
}
//// correct says_it_unlocks_and_does
public sealed class Bridge
{
    private int _users;

    [Releases(KernelResource.Mutex)]
    public void Leave(KernelMutex bridge)
    {
        _users--;
        MutexUnlock(bridge);
    }
}
//// buggy override_sleeps_where_the_base_must_not
public abstract class Sensor
{
    [AtomicContext]
    public abstract int Read();
}

public sealed class SlowSensor : Sensor
{
    public override int Read()
    {
        Msleep(2); // DK1008
        return 1;
    }
}
//// correct override_that_keeps_the_promise
public abstract class Sensor
{
    [AtomicContext]
    public abstract int Read();
}

public sealed class QuickSensor : Sensor
{
    private readonly IoAddress _registers;

    public QuickSensor(IoAddress registers) => _registers = registers;

    public override int Read() => (int)Readl(_registers);
}
//// buggy implementation_declared_to_sleep
public interface ISink
{
    [AtomicContext]
    void Put(int value);
}

public sealed class Disk : ISink
{
    private readonly KernelMutex _lock = new("disk");
    private int _sum;

    [MightSleep]
    public void Put(int value) // DK1008
    {
        MutexLock(_lock);
        _sum += value;
        MutexUnlock(_lock);
    }
}
//// correct implementation_of_an_interface_that_may_sleep
public interface ISink
{
    [MightSleep]
    void Put(int value);
}

public sealed class Disk : ISink
{
    private readonly KernelMutex _lock = new("disk");
    private int _sum;

    public void Put(int value)
    {
        MutexLock(_lock);
        _sum += value;
        MutexUnlock(_lock);
    }
}
//// buggy both_at_once
public sealed class Torn
{
    [AtomicContext]
    [MightSleep]
    public static void Step() // DK1008
    {
    }
}
//// correct acquires_when_it_succeeds
public sealed class Turnstile
{
    private int _passes;

    [Acquires(KernelResource.Mutex, When = ResultMeaning.Success)]
    public KernelResult Enter(KernelMutex turnstile)
    {
        if (MutexLockInterruptible(turnstile).IsError)
            return -ERESTARTSYS;
        if (_passes > 0)
            return 0;
        MutexUnlock(turnstile);
        return -EAGAIN;
    }
}
