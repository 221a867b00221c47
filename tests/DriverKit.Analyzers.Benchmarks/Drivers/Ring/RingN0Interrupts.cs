using Drivers.LibraryL0;

namespace Drivers.RingN0;

/// <summary>What happens when the device interrupts, in three steps.</summary>
internal sealed class RingN0Interrupts
{
    private readonly ByteRingL0 _ring;
    private readonly RingN0Hardware _hardware;
    private readonly TaskletStruct _tasklet = new();
    private readonly WorkStruct _work = new();
    private readonly Spinlock _lock = new("ringN0.counts");
    private readonly KernelMutex _reporting = new("ringN0.report");
    private int _words, _overruns, _lost;

    public RingN0Interrupts(ByteRingL0 ring, RingN0Hardware hardware)
    {
        _ring = ring;
        _hardware = hardware;
        TaskletInit(_tasklet, _ => Count(), null);
        InitWork(_work, Report);
    }

    public int Lost => _lost;

    public IrqReturn Handle(int irq, object? devId)
    {
        if (!_hardware.IsPending)
            return IrqNone;
        uint word = _hardware.Take();
        for (int shift = 0; shift < 32; shift += 8)
        {
            if (_ring.Push((byte)(word >> shift)) == 0)
                _lost++;
        }

        TaskletSchedule(_tasklet);
        return IrqHandled;
    }

    public void Stop()
    {
        TaskletKill(_tasklet);
        FlushScheduledWork();
    }

    private void Count()
    {
        SpinLock(_lock);
        _words++;
        if (_hardware.HasOverrun)
            _overruns++;
        bool isDue = _words % 256 == 0;
        SpinUnlock(_lock);
        _ring.Wake();
        if (isDue)
            ScheduleWork(_work);
    }

    private void Report(WorkStruct work)
    {
        MutexLock(_reporting);
        SpinLockBh(_lock);
        (int words, int overruns) = (_words, _overruns);
        SpinUnlockBh(_lock);
        if (overruns != 0)
            Printk(LogLevel.Warning, $"ringN0: {overruns} overruns in {words} words");
        MutexUnlock(_reporting);
    }
}
