// The handlers of /dev/shortint: a record for each interrupt with the time it came, written by the handler itself, or by a tasklet or a worker thread after it.
namespace Samples.Short;

internal sealed class ShortInterrupts
{
    /// <summary>Times that can wait for a bottom half; those of more interrupts are lost.</summary>
    private const int MaxTimes = 512;

    private readonly ShortRing _ring;
    private readonly IoAddress _registers;
    private readonly TaskletStruct _tasklet = new();
    private readonly WorkStruct _work = new();
    private readonly KernelMutex _working = new("short_working");
    private readonly Spinlock _lock = new("short_times");
    private readonly Timeval[] _times = new Timeval[MaxTimes];
    private int _first, _waiting, _arrived;

    public ShortInterrupts(ShortRing ring, IoAddress registers)
    {
        _ring = ring;
        _registers = registers;
        TaskletInit(_tasklet, _ => BottomHalf(), null);
        InitWork(_work, WorkInterrupts);
    }

    /// <summary>It does all there is to do.</summary>
    public IrqReturn Plain(int irq, object? devId)
    {
        DoGettimeofday(out Timeval now);
        _ring.Add(Record(now));
        _ring.Wake();
        return IrqHandled;
    }

    /// <summary>On a line with others: the interrupt is short's if it has bit 7 of the data set, and it takes it away.</summary>
    public IrqReturn Shared(int irq, object? devId)
    {
        byte value = Ioread8(_registers);
        if ((value & 0x80) == 0)
            return IrqNone;
        Iowrite8((byte)(value & 0x7f), _registers);
        return Plain(irq, devId);
    }

    /// <summary>Notes the time and leaves the rest to a tasklet.</summary>
    public IrqReturn ForTasklet(int irq, object? devId)
    {
        Note();
        TaskletSchedule(_tasklet);
        return IrqHandled;
    }

    /// <summary>Notes the time and leaves the rest to a worker thread.</summary>
    public IrqReturn ForWork(int irq, object? devId)
    {
        Note();
        ScheduleWork(_work);
        return IrqHandled;
    }

    /// <summary>No interrupt comes any more: waits for the bottom halves that are on their way.</summary>
    public void Stop()
    {
        TaskletKill(_tasklet);
        FlushScheduledWork();
    }

    private static string Record(Timeval time) => $"{time.TvSec % 100_000_000:d8}.{time.TvUsec:d6}\n";

    private void Note()
    {
        DoGettimeofday(out Timeval now);
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _arrived++;
        if (_waiting < MaxTimes)
            _times[(_first + _waiting++) % MaxTimes] = now;
        SpinUnlockIrqrestore(_lock, flags);
    }

    // A tasklet runs on one processor at a time; a work that is queued again while it runs may run on another one beside itself.
    private void WorkInterrupts(WorkStruct work)
    {
        MutexLock(_working);
        BottomHalf();
        MutexUnlock(_working);
    }

    private void BottomHalf()
    {
        // In one step, or an interrupt between reading the count and clearing it would be lost, and a later one would find times that have been written already.
        SpinLockIrqsave(_lock, out IrqFlags flags);
        (int arrived, int times) = (_arrived, _waiting);
        _arrived = 0;
        SpinUnlockIrqrestore(_lock, flags);
        if (arrived == 0)
            return;
        _ring.Add($"bh after {arrived,6}\n");
        for (int i = 0; i < times; i++)
            _ring.Add(Record(TakeTime()));
        _ring.Wake();
    }

    private Timeval TakeTime()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        Timeval time = _times[_first];
        _first = (_first + 1) % MaxTimes;
        _waiting--;
        SpinUnlockIrqrestore(_lock, flags);
        return time;
    }
}
