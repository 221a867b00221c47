// DK8001 Result of a function that can fail is ignored

//// buggy cdev_add_in_init
// As in many modules of the first chapters: nobody knows whether the device is there.
public sealed class HelloModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "hello");
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read });
        CdevAdd(_cdev, _device, 1); // DK8001
        return 0;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// correct cdev_add_in_init
public sealed class HelloModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "hello");
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read });
        result = CdevAdd(_cdev, _device, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;
}

//// buggy signal_taken_for_the_event
// sleepy.c of Linux Device Drivers, chapter 6: a signal ends the wait, and the read goes on as if there had been a write.
internal sealed class Sleepy
{
    private readonly WaitQueueHead _queue = new("sleepy");
    private readonly AtomicT _flag = new();

    public KernelResult Read()
    {
        WaitEventInterruptible(_queue, () => AtomicXchg(_flag, 0) != 0); // DK8001
        return 0;
    }
}

//// correct signal_ends_the_read
internal sealed class Sleepy
{
    private readonly WaitQueueHead _queue = new("sleepy");
    private readonly AtomicT _flag = new();

    public KernelResult Read() => WaitEventInterruptible(_queue, () => AtomicXchg(_flag, 0) != 0);

    public KernelResult ReadLong()
    {
        if (WaitEventInterruptible(_queue, () => AtomicXchg(_flag, 0) != 0) is { IsError: true } error)
            return error;
        return 0;
    }
}

//// buggy local_never_read
internal sealed class Attributes
{
    private readonly Device _device;
    private readonly DeviceAttribute _speed;

    public Attributes(Device device, DeviceAttribute speed) => (_device, _speed) = (device, speed);

    public void Add()
    {
        KernelResult result = DeviceCreateFile(_device, _speed); // DK8001
        Printk(LogLevel.Info, "speed can be set");
    }

    public void Remove() => DeviceRemoveFile(_device, _speed);
}

//// correct local_read_in_a_local_function
internal sealed class Attributes
{
    private readonly Device _device;
    private readonly DeviceAttribute _speed;

    public Attributes(Device device, DeviceAttribute speed) => (_device, _speed) = (device, speed);

    public void Add()
    {
        KernelResult result = DeviceCreateFile(_device, _speed);
        Tell();

        void Tell() => Printk(LogLevel.Info, result.IsError ? "speed is fixed" : "speed can be set");
    }

    public void Remove() => DeviceRemoveFile(_device, _speed);
}

//// buggy overwritten_before_it_is_read
internal sealed class Attributes
{
    private readonly Device _device;
    private readonly DeviceAttribute _speed, _mode;

    public Attributes(Device device, DeviceAttribute speed, DeviceAttribute mode) => (_device, _speed, _mode) = (device, speed, mode);

    public KernelResult Add(bool withMode)
    {
        KernelResult result = DeviceCreateFile(_device, _speed); // DK8001
        if (withMode)
            result = DeviceCreateFile(_device, _mode);
        else
            result = 0;
        return result;
    }

    public void Remove(bool withMode)
    {
        if (withMode)
            DeviceRemoveFile(_device, _mode);
        DeviceRemoveFile(_device, _speed);
    }
}

//// correct overwritten_on_one_path_only
internal sealed class Attributes
{
    private readonly Device _device;
    private readonly DeviceAttribute _speed, _mode;

    public Attributes(Device device, DeviceAttribute speed, DeviceAttribute mode) => (_device, _speed, _mode) = (device, speed, mode);

    public KernelResult Add(bool withMode)
    {
        KernelResult result = DeviceCreateFile(_device, _speed);
        if (result.IsSuccess && withMode)
        {
            result = DeviceCreateFile(_device, _mode);
            if (result.IsError)
                DeviceRemoveFile(_device, _speed);
        }

        return result;
    }

    public void Remove(bool withMode)
    {
        if (withMode)
            DeviceRemoveFile(_device, _mode);
        DeviceRemoveFile(_device, _speed);
    }
}

//// buggy lambda_and_expression_bodies
// The lambda returns nothing, and so does the local function: the result has nowhere to go.
internal static class Queues
{
    public static void Wait(WaitQueueHead queue, AtomicT ready, bool twice)
    {
        Action wait = () => WaitEventInterruptible(queue, () => AtomicRead(ready) != 0); // DK8001
        wait();
        if (twice)
            Again();

        void Again() => WaitEventInterruptible(queue, () => AtomicRead(ready) > 1); // DK8001
    }
}

//// correct lambda_and_expression_bodies
internal static class Queues
{
    public static bool Wait(WaitQueueHead queue, AtomicT ready, bool twice)
    {
        Func<KernelResult> wait = () => WaitEventInterruptible(queue, () => AtomicRead(ready) != 0);
        return wait().IsSuccess && (!twice || Again().IsSuccess);

        KernelResult Again() => WaitEventInterruptible(queue, () => AtomicRead(ready) > 1);
    }
}

//// buggy own_contracts
internal delegate KernelResult Calibrate(uint step);

internal sealed class Scale
{
    private readonly Checked _calibrate;

    public Scale(Checked calibrate) => _calibrate = calibrate;

    [MustCheck]
    internal delegate KernelResult Checked(uint step);

    public void Start(Calibrate other)
    {
        other(1);
        _calibrate(2); // DK8001
        Tare(3); // DK8001
    }

    [MustCheck]
    private static KernelResult Tare(uint step) => step > 2 ? -EIO : 0;
}

//// correct dropped_on_purpose
// A discard says that the result does not matter; and functions whose result need not be looked at.
internal sealed class Scale
{
    private readonly TimerList _timer = new();
    private readonly Bitmap _busy = new(32);

    public void Start()
    {
        _ = Tare(3);
        ModTimer(_timer, Jiffies + Hz);
        TestAndSetBit(3, _busy);
        MsleepInterruptible(10);
    }

    public void Stop() => DelTimerSync(_timer);

    [MustCheck]
    private static KernelResult Tare(uint step) => step > 2 ? -EIO : 0;
}

//// buggy memory_kept_nowhere
// Meant to fill the cache; what comes out of it is lost at once.
internal static class Pool
{
    public static void Prime(KmemCache cache, int objects)
    {
        for (int i = 0; i < objects; i++)
            KmemCacheAlloc(cache, GfpFlags.Kernel); // DK8001
    }
}

//// correct memory_handed_on
internal static class Pool
{
    public static int Prime(KmemCache cache, KernelLogicalAddress[] objects)
    {
        int made = 0;
        while (made < objects.Length)
        {
            objects[made] = KmemCacheAlloc(cache, GfpFlags.Kernel);
            if (objects[made].IsNull)
                break;
            made++;
        }

        return made;
    }
}

//// correct result_kept_in_a_field_and_a_chain
internal sealed class Starter
{
    private readonly MiscDevice _misc;
    private KernelResult _last;

    public Starter(MiscDevice misc) => _misc = misc;

    public KernelResult Last => _last;

    public KernelResult Start(bool quietly)
    {
        _last = quietly ? 0 : MiscRegister(_misc);
        return _last;
    }

    public void Stop() => MiscDeregister(_misc);
}
