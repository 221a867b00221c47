// DK7002 Lock given back that is not held
//// buggy given_back_twice_on_the_error_path
public sealed class Flash
{
    private readonly KernelMutex _lock = new("flash");
    private int _sector;

    public KernelResult Erase(int sector)
    {
        KernelResult result = 0;
        MutexLock(_lock);
        if (sector < 0)
        {
            MutexUnlock(_lock);
            result = -EINVAL;
        }
        else
        {
            _sector = sector;
        }

        MutexUnlock(_lock); // DK7002
        return result;
    }
}
//// correct given_back_once_on_each_path
public sealed class Flash
{
    private readonly KernelMutex _lock = new("flash");
    private int _sector;

    public KernelResult Erase(int sector)
    {
        KernelResult result = 0;
        MutexLock(_lock);
        if (sector < 0)
        {
            result = -EINVAL;
            goto Out;
        }

        _sector = sector;
    Out:
        MutexUnlock(_lock);
        return result;
    }
}
//// buggy file_operation_that_never_took_it
public sealed class VaultModule : KernelModule
{
    private readonly KernelMutex _lock = new("vault");
    private readonly MiscDevice _misc;
    private int _opened;

    public VaultModule() => _misc = new() { Name = "vault", Fops = new() { Owner = this, Open = Open, Release = Release } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        MutexLock(_lock);
        _opened++;
        MutexUnlock(_lock);
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        _opened--;
        MutexUnlock(_lock); // DK7002
        return 0;
    }
}
//// correct file_operation_that_took_it
public sealed class VaultModule : KernelModule
{
    private readonly KernelMutex _lock = new("vault");
    private readonly MiscDevice _misc;
    private int _opened;

    public VaultModule() => _misc = new() { Name = "vault", Fops = new() { Owner = this, Open = Open, Release = Release } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        MutexLock(_lock);
        _opened++;
        MutexUnlock(_lock);
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        MutexLock(_lock);
        _opened--;
        MutexUnlock(_lock);
        return 0;
    }
}
//// buggy helper_gave_it_back_already
public sealed class Motor
{
    private readonly Spinlock _lock = new("motor");
    private int _speed;

    public void Set(int speed)
    {
        SpinLock(_lock);
        _speed = speed;
        if (speed == 0)
            Stop();
        SpinUnlock(_lock); // DK7002
    }

    private void Stop()
    {
        _speed = 0;
        SpinUnlock(_lock);
    }
}
//// correct helper_gives_it_back_and_takes_it_again
public sealed class Motor
{
    private readonly Spinlock _lock = new("motor");
    private int _speed;

    public void Set(int speed)
    {
        SpinLock(_lock);
        _speed = speed;
        if (speed == 0)
            Stop();
        SpinUnlock(_lock);
    }

    private void Stop()
    {
        SpinUnlock(_lock);
        Udelay(1);
        SpinLock(_lock);
        _speed = 0;
    }
}
//// buggy held_for_reading_given_back_as_writer
public sealed class Index
{
    private readonly RwSemaphore _sem = new("index");
    private int _size;

    public int Size()
    {
        DownRead(_sem);
        int size = _size;
        UpWrite(_sem); // DK7002
        return size;
    }
}
//// correct downgraded_and_given_back_as_reader
public sealed class Index
{
    private readonly RwSemaphore _sem = new("index");
    private int _size;

    public int Grow()
    {
        DownWrite(_sem);
        _size++;
        DowngradeWrite(_sem);
        int size = _size;
        UpRead(_sem);
        return size;
    }
}
//// buggy interrupted_wait_jumps_to_the_unlock
public sealed class Mixer
{
    private readonly KernelMutex _lock = new("mixer");
    private int _volume;

    public KernelResult Set(int volume)
    {
        KernelResult result = MutexLockInterruptible(_lock);
        if (result.IsError)
            goto Out;
        _volume = volume;
    Out:
        MutexUnlock(_lock); // DK7002
        return result;
    }
}
//// correct interrupted_wait_jumps_past_the_unlock
public sealed class Mixer
{
    private readonly KernelMutex _lock = new("mixer");
    private int _volume;

    public KernelResult Set(int volume)
    {
        KernelResult result = MutexLockInterruptible(_lock);
        if (result.IsError)
            goto Out;
        _volume = volume;
        MutexUnlock(_lock);
    Out:
        return result;
    }
}
//// buggy loop_that_gives_back_in_each_round
public sealed class Batch
{
    private readonly Spinlock _lock = new("batch");
    private readonly int[] _done = new int[4];

    public void Finish()
    {
        int index = 0;
        SpinLock(_lock);
        do
        {
            _done[index] = index;
            SpinUnlock(_lock); // DK7002
        }
        while (++index < _done.Length);
    }
}
//// correct loop_that_takes_and_gives_back
public sealed class Batch
{
    private readonly Spinlock _lock = new("batch");
    private readonly int[] _done = new int[4];

    public void Finish()
    {
        foreach (int index in _done)
        {
            SpinLock(_lock);
            _done[0] += index;
            SpinUnlock(_lock);
        }
    }
}
//// correct loop_that_drops_the_callers_lock
public sealed class Waiter
{
    private readonly KernelMutex _lock = new("waiter");
    private int _space;

    public KernelResult Put()
    {
        if (MutexLockInterruptible(_lock).IsError)
            return -ERESTARTSYS;
        WaitForSpace();
        _space--;
        MutexUnlock(_lock);
        return 0;
    }

    private void WaitForSpace()
    {
        while (_space == 0)
        {
            MutexUnlock(_lock);
            Msleep(10);
            MutexLock(_lock);
        }
    }
}
//// correct semaphore_used_as_a_signal
// A semaphore has no owner: whoever has something to give says up().
public sealed class SignalModule : KernelModule
{
    private readonly KernelSemaphore _ready = new(0, "ready");
    private readonly MiscDevice _misc;

    public SignalModule() => _misc = new() { Name = "signal", Fops = new() { Owner = this, Open = Open, Release = Release } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        Up(_ready);
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        Down(_ready);
        return 0;
    }
}
//// correct conditional_lock_with_conditional_unlock
public sealed class Relay
{
    private readonly Spinlock _lock = new("relay");
    private int _state;

    public void Flip(bool shared)
    {
        if (shared)
            SpinLock(_lock);
        _state ^= 1;
        if (shared)
            SpinUnlock(_lock);
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
        if (level > 10)
            SpinLock(_lock);
        _level = level;
        SpinUnlock(_lock); // DK7002
        return 0;
    }
}
