// DK7004 Locks taken in two orders
// The call that takes the second lock is reported in the order that comes later in the source.
//// buggy two_methods
public sealed class Bank
{
    private readonly Spinlock _left = new("left");
    private readonly Spinlock _right = new("right");
    private int _a, _b;

    public void ToRight()
    {
        SpinLock(_left);
        SpinLock(_right);
        (_a, _b) = (_a - 1, _b + 1);
        SpinUnlock(_right);
        SpinUnlock(_left);
    }

    public void ToLeft()
    {
        SpinLock(_right);
        SpinLock(_left); // DK7004
        (_a, _b) = (_a + 1, _b - 1);
        SpinUnlock(_left);
        SpinUnlock(_right);
    }
}
//// correct one_order
public sealed class Bank
{
    private readonly Spinlock _left = new("left");
    private readonly Spinlock _right = new("right");
    private int _a, _b;

    public void ToRight()
    {
        SpinLock(_left);
        SpinLock(_right);
        (_a, _b) = (_a - 1, _b + 1);
        SpinUnlock(_right);
        SpinUnlock(_left);
    }

    public void ToLeft()
    {
        SpinLock(_left);
        SpinLock(_right);
        (_a, _b) = (_a + 1, _b - 1);
        SpinUnlock(_left);
        SpinUnlock(_right);
    }
}
//// buggy through_helpers
public sealed class Stream
{
    private readonly KernelMutex _device = new("device");
    private readonly KernelMutex _queue = new("queue");
    private int _length, _state;

    public void Start()
    {
        MutexLock(_device);
        _state = 1;
        Enqueue(1);
        MutexUnlock(_device);
    }

    public void Drain()
    {
        MutexLock(_queue);
        _length = 0;
        Stop(); // DK7004
        MutexUnlock(_queue);
    }

    private void Enqueue(int count)
    {
        MutexLock(_queue);
        _length += count;
        MutexUnlock(_queue);
    }

    private void Stop()
    {
        MutexLock(_device);
        _state = 0;
        MutexUnlock(_device);
    }
}
//// correct helper_called_after_the_unlock
public sealed class Stream
{
    private readonly KernelMutex _device = new("device");
    private readonly KernelMutex _queue = new("queue");
    private int _length, _state;

    public void Start()
    {
        MutexLock(_device);
        _state = 1;
        Enqueue(1);
        MutexUnlock(_device);
    }

    public void Drain()
    {
        MutexLock(_queue);
        _length = 0;
        MutexUnlock(_queue);
        Stop();
    }

    private void Enqueue(int count)
    {
        MutexLock(_queue);
        _length += count;
        MutexUnlock(_queue);
    }

    private void Stop()
    {
        MutexLock(_device);
        _state = 0;
        MutexUnlock(_device);
    }
}
//// buggy static_lock_and_two_classes
public static class Registry
{
    public static readonly KernelMutex Lock = new("registry");

    public static int Count;

    public static void Add(Unit unit)
    {
        MutexLock(Lock);
        MutexLock(unit.Lock);
        unit.Number = Count++;
        MutexUnlock(unit.Lock);
        MutexUnlock(Lock);
    }
}

public sealed class Unit
{
    public KernelMutex Lock { get; } = new("unit");

    public int Number { get; set; }

    public void Remove()
    {
        MutexLock(Lock);
        MutexLock(Registry.Lock); // DK7004
        Registry.Count--;
        MutexUnlock(Registry.Lock);
        MutexUnlock(Lock);
    }
}
//// correct static_lock_first_in_both_classes
public static class Registry
{
    public static readonly KernelMutex Lock = new("registry");

    public static int Count;

    public static void Add(Unit unit)
    {
        MutexLock(Lock);
        MutexLock(unit.Lock);
        unit.Number = Count++;
        MutexUnlock(unit.Lock);
        MutexUnlock(Lock);
    }
}

public sealed class Unit
{
    public KernelMutex Lock { get; } = new("unit");

    public int Number { get; set; }

    public void Remove()
    {
        MutexLock(Registry.Lock);
        MutexLock(Lock);
        Registry.Count--;
        MutexUnlock(Lock);
        MutexUnlock(Registry.Lock);
    }
}
//// buggy semaphore_and_mutex
// The two halves of a driver: the file operations lock the device, then its table; the table's walk locks each device.
public sealed class Devices
{
    private readonly RwSemaphore _table = new("table");
    private readonly KernelMutex _device = new("device");
    private int _used;

    public KernelResult Open()
    {
        if (MutexLockInterruptible(_device).IsError)
            return -ERESTARTSYS;
        DownRead(_table);
        _used++;
        UpRead(_table);
        MutexUnlock(_device);
        return 0;
    }

    public void Walk()
    {
        DownWrite(_table);
        MutexLock(_device); // DK7004
        _used = 0;
        MutexUnlock(_device);
        UpWrite(_table);
    }
}
//// correct second_lock_only_tried
// A lock that is only tried waits for nobody.
public sealed class Devices
{
    private readonly RwSemaphore _table = new("table");
    private readonly KernelMutex _device = new("device");
    private int _used;

    public KernelResult Open()
    {
        if (MutexLockInterruptible(_device).IsError)
            return -ERESTARTSYS;
        DownRead(_table);
        _used++;
        UpRead(_table);
        MutexUnlock(_device);
        return 0;
    }

    public bool Walk()
    {
        DownWrite(_table);
        bool free = MutexTrylock(_device);
        if (free)
        {
            _used = 0;
            MutexUnlock(_device);
        }

        UpWrite(_table);
        return free;
    }
}
//// buggy ring_of_three
public sealed class Ring
{
    private readonly Spinlock _a = new("a"), _b = new("b"), _c = new("c");
    private int _x, _y, _z;

    public void First()
    {
        SpinLock(_a);
        SpinLock(_b);
        (_x, _y) = (_y, _x);
        SpinUnlock(_b);
        SpinUnlock(_a);
    }

    public void Second()
    {
        SpinLock(_b);
        SpinLock(_c);
        (_y, _z) = (_z, _y);
        SpinUnlock(_c);
        SpinUnlock(_b);
    }

    public void Third()
    {
        SpinLock(_c);
        SpinLock(_a); // DK7004
        (_z, _x) = (_x, _z);
        SpinUnlock(_a);
        SpinUnlock(_c);
    }
}
//// correct chain_of_three
public sealed class Ring
{
    private readonly Spinlock _a = new("a"), _b = new("b"), _c = new("c");
    private int _x, _y, _z;

    public void First()
    {
        SpinLock(_a);
        SpinLock(_b);
        (_x, _y) = (_y, _x);
        SpinUnlock(_b);
        SpinUnlock(_a);
    }

    public void Second()
    {
        SpinLock(_b);
        SpinLock(_c);
        (_y, _z) = (_z, _y);
        SpinUnlock(_c);
        SpinUnlock(_b);
    }

    public void Third()
    {
        SpinLock(_a);
        SpinLock(_c);
        (_z, _x) = (_x, _z);
        SpinUnlock(_c);
        SpinUnlock(_a);
    }
}
//// buggy lambda_in_an_operations_table
public sealed class HubModule : KernelModule
{
    private readonly KernelMutex _ports = new("ports");
    private readonly KernelMutex _power = new("power");
    private readonly MiscDevice _misc;
    private int _on;

    public HubModule() => _misc = new()
    {
        Name = "hub",
        Fops = new()
        {
            Owner = this,
            Open = (inode, filp) =>
            {
                MutexLock(_ports);
                MutexLock(_power);
                _on++;
                MutexUnlock(_power);
                MutexUnlock(_ports);
                return 0;
            },
            Release = Release,
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        MutexLock(_power);
        MutexLock(_ports); // DK7004
        _on--;
        MutexUnlock(_ports);
        MutexUnlock(_power);
        return 0;
    }
}
//// correct two_instances_of_one_class
// The same field of two objects is two locks; which comes first is said by the addresses, not by the field.
public sealed class Peer
{
    private readonly Spinlock _lock = new("peer");
    private int _value;
    private readonly int _number;

    public Peer(int number) => _number = number;

    public static void Swap(Peer one, Peer other)
    {
        if (one._number > other._number)
            (one, other) = (other, one);
        SpinLock(one._lock);
        SpinLock(other._lock);
        (one._value, other._value) = (other._value, one._value);
        SpinUnlock(other._lock);
        SpinUnlock(one._lock);
    }
}
