// DK7003 Lock not given back on a path
//// buggy early_return_with_a_spinlock
public sealed class Buffer
{
    private readonly Spinlock _lock = new("buffer");
    private int _count;

    public KernelResult Take()
    {
        SpinLock(_lock); // DK7003
        if (_count == 0)
            return -EAGAIN;
        _count--;
        SpinUnlock(_lock);
        return 0;
    }
}
//// correct early_return_after_the_unlock
public sealed class Buffer
{
    private readonly Spinlock _lock = new("buffer");
    private int _count;

    public KernelResult Take()
    {
        SpinLock(_lock);
        if (_count == 0)
        {
            SpinUnlock(_lock);
            return -EAGAIN;
        }

        _count--;
        SpinUnlock(_lock);
        return 0;
    }
}
//// buggy failed_copy_keeps_the_semaphore
// scull's read without its "goto out".
public sealed class Quantum
{
    private readonly KernelSemaphore _sem = new(1, "scull");
    private readonly byte[] _data = new byte[4000];

    public KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, 4000);
        if (DownInterruptible(_sem).IsError) // DK7003
            return -ERESTARTSYS;
        if (CopyToUser(buffer, _data.AsSpan(0, (int)count)) != 0)
            return -EFAULT;
        Up(_sem);
        return count;
    }
}
//// correct goto_out
public sealed class Quantum
{
    private readonly KernelSemaphore _sem = new(1, "scull");
    private readonly byte[] _data = new byte[4000];

    public KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        KernelResult result;
        count = Math.Min(count, 4000);
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        if (CopyToUser(buffer, _data.AsSpan(0, (int)count)) != 0)
        {
            result = -EFAULT;
            goto Out;
        }

        result = count;
    Out:
        Up(_sem);
        return result;
    }
}
//// buggy error_from_a_helper
public sealed class Radio
{
    private readonly KernelMutex _lock = new("radio");
    private int _channel;

    public KernelResult Tune(int channel)
    {
        MutexLock(_lock); // DK7003
        KernelResult result = Check(channel);
        if (result.IsError)
            return result;
        _channel = channel;
        MutexUnlock(_lock);
        return 0;
    }

    private static KernelResult Check(int channel) => channel is < 0 or > 9 ? -EINVAL : 0;
}
//// correct error_from_a_helper_that_gives_back
// scullpipe's getwritespace: held when it succeeds, given back when it fails.
public sealed class Radio
{
    private readonly KernelMutex _lock = new("radio");
    private int _channel;

    public KernelResult Tune(int channel)
    {
        MutexLock(_lock);
        KernelResult result = Check(channel);
        if (result.IsError)
            return result;
        _channel = channel;
        MutexUnlock(_lock);
        return 0;
    }

    private KernelResult Check(int channel)
    {
        if (channel is >= 0 and <= 9)
            return 0;
        MutexUnlock(_lock);
        return -EINVAL;
    }
}
//// buggy break_out_of_the_loop
public sealed class Search
{
    private readonly Rwlock _lock = new("search");
    private readonly int[] _keys = new int[8];
    private int _found = -1;

    public void Find(int key)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            ReadLock(_lock); // DK7003
            if (_keys[i] == key)
            {
                _found = i;
                break;
            }

            ReadUnlock(_lock);
        }
    }
}
//// correct found_and_returned_with_the_lock
// find_get_locked: the result says whether the lock is held.
public sealed class Search
{
    private readonly Rwlock _lock = new("search");
    private readonly int[] _keys = new int[8];
    private int _hits;

    public void Count(int key)
    {
        if (FindLocked(key) < 0)
            return;
        _hits++;
        ReadUnlock(_lock);
    }

    private int FindLocked(int key)
    {
        ReadLock(_lock);
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] == key)
                return i;
        }

        ReadUnlock(_lock);
        return -1;
    }
}
//// buggy unlocked_on_the_wrong_answer
// The guard is another one at the end than at the start.
public sealed class Filter
{
    private readonly Spinlock _lock = new("filter");
    private int _hits;

    public void Count(bool shared, bool hit)
    {
        if (shared)
            SpinLock(_lock); // DK7003
        if (hit)
            _hits++;
        if (shared && hit)
            SpinUnlock(_lock);
    }
}
//// correct unlocked_on_the_same_answer
public sealed class Filter
{
    private readonly Spinlock _lock = new("filter");
    private int _hits;

    public void Count(bool shared, bool hit)
    {
        if (shared)
            SpinLock(_lock);
        if (hit)
            _hits++;
        if (shared)
            SpinUnlock(_lock);
    }
}
//// buggy ioctl_that_returns_with_the_mutex
public sealed class ModeModule : KernelModule
{
    private readonly KernelMutex _lock = new("mode");
    private readonly MiscDevice _misc;
    private ulong _mode;

    public ModeModule() => _misc = new() { Name = "mode", Fops = new() { Owner = this, Ioctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        MutexLock(_lock); // DK7003
        switch (command)
        {
            case 1:
                _mode = argument;
                MutexUnlock(_lock);
                return 0;
            default:
                return -ENOTTY;
        }
    }
}
//// correct ioctl_with_finally
public sealed class ModeModule : KernelModule
{
    private readonly KernelMutex _lock = new("mode");
    private readonly MiscDevice _misc;
    private ulong _mode;

    public ModeModule() => _misc = new() { Name = "mode", Fops = new() { Owner = this, Ioctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        MutexLock(_lock);
        try
        {
            switch (command)
            {
                case 1:
                    _mode = argument;
                    return 0;
                default:
                    return -ENOTTY;
            }
        }
        finally
        {
            MutexUnlock(_lock);
        }
    }
}
//// correct helper_that_locks_and_one_that_unlocks
public sealed class Pair
{
    private readonly Spinlock _first = new("first");
    private readonly Spinlock _second = new("second");
    private int _sum;

    public void Add(int value)
    {
        Lock();
        _sum += value;
        Unlock();
    }

    private void Lock()
    {
        SpinLock(_first);
        SpinLock(_second);
    }

    private void Unlock()
    {
        SpinUnlock(_second);
        SpinUnlock(_first);
    }
}
//// correct helper_that_tells_by_its_result
public sealed class Claim
{
    private readonly KernelMutex _lock = new("claim");
    private int _owner;

    public KernelResult Take(int owner)
    {
        if (!TryEnter())
            return -EBUSY;
        _owner = owner;
        MutexUnlock(_lock);
        return 0;
    }

    private bool TryEnter()
    {
        if (!MutexTrylock(_lock))
            return false;
        if (_owner == 0)
            return true;
        MutexUnlock(_lock);
        return false;
    }
}
//// correct disposed_at_the_end_of_the_scope
public sealed class Scoped
{
    private readonly KernelMutex _lock = new("scoped");
    private int _value;

    public KernelResult Set(int value)
    {
        using var hold = new Hold(_lock);
        if (value < 0)
            return -EINVAL;
        _value = value;
        return 0;
    }

    private readonly ref struct Hold
    {
        private readonly KernelMutex _held;

        public Hold(KernelMutex held)
        {
            _held = held;
            MutexLock(held);
        }

        public void Dispose() => MutexUnlock(_held);
    }
}
//// correct scope_with_a_primary_constructor
public sealed class Counter
{
    private readonly KernelMutex _lock = new("counter");
    private int _count;

    private readonly ref struct Held(KernelMutex mutex)
    {
        public void Dispose() => MutexUnlock(mutex);
    }

    public int Next()
    {
        using var held = Take(_lock);
        return ++_count;
    }

    private static Held Take(KernelMutex mutex)
    {
        MutexLock(mutex);
        return new Held(mutex);
    }
}
//// buggy one_report_though_the_ioctl_handler_passes_it_on
public sealed class LampModule : KernelModule
{
    private readonly Spinlock _lock = new("lamp");
    private readonly MiscDevice _misc;
    private ulong _level;

    public LampModule() => _misc = new() { Name = "lamp", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command == 0 ? Set(argument) : -ENOTTY;

    private KernelResult Set(ulong level)
    {
        SpinLock(_lock); // DK7003
        if (level > 10)
            return -EINVAL;
        _level = level;
        SpinUnlock(_lock);
        return 0;
    }
}
