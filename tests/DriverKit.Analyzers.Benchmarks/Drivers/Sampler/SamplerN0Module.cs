// Looks at a device by a timer, keeps what it saw, and lets processes wait for a change.
namespace Drivers.SamplerN0;

public sealed class SamplerN0Module : KernelModule
{
    private const ulong Port = 0x300;
    private const int History = 64;

    private readonly TimerList _timer = new();
    private readonly Spinlock _lock = new("samplerN0");
    private readonly KernelMutex _config = new("samplerN0.config");
    private readonly WaitQueueHead _changed = new("samplerN0.changed");
    private readonly (ulong When, byte Value)[] _history = new (ulong, byte)[History];
    private readonly MiscDevice _misc;
    private ulong _interval = 10;
    private int _next, _changes;
    private byte _last;
    private bool _isStopping;

    public SamplerN0Module() =>
        _misc = new() { Name = "samplerN0", Fops = new() { Owner = this, Open = Open, Read = Read, Ioctl = Ioctl, Poll = Poll } };

    public override KernelResult Init()
    {
        if (RequestRegion(Port, 8, Name) is null)
            return -EBUSY;
        SetupTimer(_timer, Tick, null);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
        {
            ReleaseRegion(Port, 8);
            return result;
        }

        ModTimer(_timer, Jiffies + _interval);
        return 0;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        _isStopping = true;
        DelTimerSync(_timer);
        ReleaseRegion(Port, 8);
    }

    private void Tick(object? data)
    {
        byte value = Inb(Port);
        SpinLock(_lock);
        bool isNew = value != _last;
        if (isNew)
        {
            _last = value;
            _changes++;
            _history[_next] = (Jiffies, value);
            _next = (_next + 1) % History;
        }

        SpinUnlock(_lock);
        if (isNew)
            WakeUpInterruptible(_changed);
        if (!_isStopping)
            ModTimer(_timer, Jiffies + _interval);
    }

    private (ulong When, byte Value) Latest(out int changes)
    {
        SpinLockBh(_lock);
        changes = _changes;
        (ulong, byte) latest = _history[(_next + History - 1) % History];
        SpinUnlockBh(_lock);
        return latest;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        Latest(out int changes);
        filp.PrivateData = changes;
        return NonseekableOpen(inode, filp);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count < 16)
            return -EINVAL;
        int seen = filp.PrivateData is int number ? number : 0;
        if (_changes == seen)
        {
            if ((filp.FFlags & OpenFlags.NonBlock) != 0)
                return -EAGAIN;
            KernelResult waited = WaitEventInterruptible(_changed, () => _changes != seen);
            if (waited.IsError)
                return waited;
        }

        (ulong when, byte value) = Latest(out int changes);
        filp.PrivateData = changes;
        KernelResult result = PutUser(when, buffer);
        if (result.IsError)
            return result;
        result = PutUser((ulong)value, buffer + 8);
        return result.IsError ? result : 16;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x5301:
            {
                if (argument is 0 or > 1000)
                    return -EINVAL;
                KernelResult result = MutexLockInterruptible(_config);
                if (result.IsError)
                    return result;
                _interval = argument;
                ModTimer(_timer, Jiffies + _interval);
                MutexUnlock(_config);
                return 0;
            }
            case 0x5302:
                return PutUser(_interval, new UserVirtualAddress(argument));
            case 0x5303:
                Outb((byte)(argument & 0x0f), Port + 1);
                return 0;
            default:
                return -ENOTTY;
        }
    }

    private PollEvents Poll(OpenFile filp, PollTable? wait)
    {
        PollWait(filp, _changed, wait);
        int seen = filp.PrivateData is int number ? number : 0;
        return _changes != seen ? PollEvents.In | PollEvents.RdNorm : PollEvents.None;
    }
}
