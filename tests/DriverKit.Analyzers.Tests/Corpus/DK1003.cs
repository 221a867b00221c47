// DK1003 Allocation that may sleep in atomic context
//// buggy list_entry_under_a_spinlock
// scull access.c, lookfor_device: the clone for a terminal is allocated with the list locked.
public sealed class Clones
{
    private readonly Spinlock _lock = new("scull_c");
    private readonly List<KernelLogicalAddress> _list = [];

    public KernelResult Add()
    {
        SpinLock(_lock);
        KernelLogicalAddress clone = Kmalloc(64, GfpFlags.Kernel); // DK1003
        if (!clone.IsNull)
            _list.Add(clone);
        SpinUnlock(_lock);
        return clone.IsNull ? -ENOMEM : 0;
    }
}
//// correct list_entry_before_the_spinlock
public sealed class Clones
{
    private readonly Spinlock _lock = new("scull_c");
    private readonly List<KernelLogicalAddress> _list = [];

    public KernelResult Add()
    {
        KernelLogicalAddress clone = Kmalloc(64, GfpFlags.Kernel);
        if (clone.IsNull)
            return -ENOMEM;
        SpinLock(_lock);
        _list.Add(clone);
        SpinUnlock(_lock);
        return 0;
    }
}
//// buggy helper_that_always_waits
public sealed class Messages
{
    private readonly Spinlock _lock = new("messages");
    private KernelLogicalAddress _first;

    public void Post()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        if (_first.IsNull)
            _first = NewMessage(); // DK1003
        SpinUnlockIrqrestore(_lock, flags);
    }

    private static KernelLogicalAddress NewMessage() => Kzalloc(128, GfpFlags.Kernel);
}
//// correct helper_that_never_waits
public sealed class Messages
{
    private readonly Spinlock _lock = new("messages");
    private KernelLogicalAddress _first;

    public void Post()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        if (_first.IsNull)
            _first = NewMessage();
        SpinUnlockIrqrestore(_lock, flags);
    }

    private static KernelLogicalAddress NewMessage() => Kzalloc(128, GfpFlags.Atomic);
}
//// buggy flags_given_to_a_helper
public sealed class Buffers
{
    private readonly Rwlock _lock = new("buffers");
    private KernelLogicalAddress _page;

    public void Grow()
    {
        WriteLock(_lock);
        if (_page.IsNull)
            _page = Take(GfpFlags.Kernel); // DK1003
        WriteUnlock(_lock);
    }

    private static KernelLogicalAddress Take(GfpFlags flags) => GetZeroedPage(flags | GfpFlags.NoWarn);
}
//// correct flags_given_to_a_helper
public sealed class Buffers
{
    private readonly Rwlock _lock = new("buffers");
    private KernelLogicalAddress _page;

    public void Grow()
    {
        WriteLock(_lock);
        if (_page.IsNull)
            _page = Take(GfpFlags.Atomic);
        WriteUnlock(_lock);
    }

    private static KernelLogicalAddress Take(GfpFlags flags) => GetZeroedPage(flags | GfpFlags.NoWarn);
}
//// buggy flags_that_do_not_start_io_but_wait
// GFP_NOIO and GFP_NOFS wait all the same.
public sealed class Ring
{
    private Page? _page;

    public void Fill()
    {
        LocalBhDisable();
        _page ??= AllocPage(GfpFlags.NoIo); // DK1003
        LocalBhEnable();
    }
}
//// correct flags_without_the_wait_bit
public sealed class Ring
{
    private Page? _page;

    public void Fill()
    {
        LocalBhDisable();
        _page ??= AllocPage(GfpFlags.NoIo & ~GfpFlags.Wait);
        LocalBhEnable();
    }
}
//// buggy flags_from_a_switch
public sealed class Objects
{
    private readonly KmemCache _cache;
    private readonly Spinlock _lock = new("objects");
    private KernelLogicalAddress _spare;

    public Objects(KmemCache cache) => _cache = cache;

    public void Refill(int urgency)
    {
        GfpFlags flags = urgency switch
        {
            0 => GfpFlags.Kernel,
            _ => GfpFlags.Atomic,
        };
        SpinLock(_lock);
        if (_spare.IsNull)
            _spare = KmemCacheAlloc(_cache, flags); // DK1003
        SpinUnlock(_lock);
    }
}
//// correct flags_from_the_same_question_as_the_lock
public sealed class Objects
{
    private readonly KmemCache _cache;
    private readonly Spinlock _lock = new("objects");

    public Objects(KmemCache cache) => _cache = cache;

    public KernelLogicalAddress Take(bool locked)
    {
        GfpFlags flags = locked ? GfpFlags.Atomic : GfpFlags.Kernel;
        if (locked)
            SpinLock(_lock);
        KernelLogicalAddress taken = KmemCacheAlloc(_cache, flags);
        if (locked)
            SpinUnlock(_lock);
        return taken;
    }
}
//// buggy local_function_in_a_read_section
public sealed class Routes
{
    private KernelLogicalAddress _copy;
    private object? _table;

    public bool Snapshot()
    {
        RcuReadLock();
        bool known = RcuDereference(in _table) is not null;
        if (known && _copy.IsNull)
            Make(); // DK1003
        RcuReadUnlock();
        return known;

        void Make() => _copy = Kcalloc(4, 16, GfpFlags.User);
    }
}
//// correct local_function_after_the_read_section
public sealed class Routes
{
    private KernelLogicalAddress _copy;
    private object? _table;

    public bool Snapshot()
    {
        RcuReadLock();
        bool known = RcuDereference(in _table) is not null;
        RcuReadUnlock();
        if (known && _copy.IsNull)
            Make();
        return known;

        void Make() => _copy = Kcalloc(4, 16, GfpFlags.User);
    }
}
//// buggy second_round_of_a_loop_keeps_the_lock
public sealed class Pool
{
    private readonly Spinlock _lock = new("pool");
    private readonly KernelLogicalAddress[] _items = new KernelLogicalAddress[8];

    public void Fill()
    {
        SpinLock(_lock);
        for (int i = 0; i < _items.Length; i++)
        {
            SpinUnlock(_lock);
            Udelay(1);
            SpinLock(_lock);
            _items[i] = Kmalloc(32, GfpFlags.Kernel); // DK1003
        }

        SpinUnlock(_lock);
    }
}
//// correct loop_that_drops_the_lock_to_allocate
public sealed class Pool
{
    private readonly Spinlock _lock = new("pool");
    private readonly KernelLogicalAddress[] _items = new KernelLogicalAddress[8];

    public void Fill()
    {
        SpinLock(_lock);
        for (int i = 0; i < _items.Length; i++)
        {
            SpinUnlock(_lock);
            KernelLogicalAddress item = Kmalloc(32, GfpFlags.Kernel);
            SpinLock(_lock);
            _items[i] = item;
        }

        SpinUnlock(_lock);
    }
}
