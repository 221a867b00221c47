// Just in queue: files in /proc whose lines come from the shared workqueue, from a tasklet and from a timer, and tell where each runs. After
// jiq.c of Linux Device Drivers, 3rd edition, chapter 7. There is one reader at a time, as in the book. /proc/jiqtasklet and /proc/jiqtimer
// sleep by interruptible_sleep_on(): what wakes them may come before they sleep. And when a signal ends a read of the workqueue's files, the work
// goes on in a page that /proc has freed. /proc/jiqtimersafe is right. In the book the timer's file has the name jitimer, which jit has too.
namespace Samples.Sleeping;

public sealed class JiqModule : KernelModule
{
    private readonly WaitQueueHead _wait = new("jiq_wait");
    private readonly DelayedWork _work;
    private readonly TaskletStruct _tasklet;
    private readonly TimerList _timer = new();
    private KernelLogicalAddress _buf;
    private int _len;
    private ulong _jiffies;
    private ulong _delay;
    private bool _isDone;

    public JiqModule()
    {
        _work = new(_ => PrintWork());
        _tasklet = new(_ => PrintTasklet());
    }

    /// <summary>Jiffies between two lines of jiqwqdelay.</summary>
    [ModuleParam]
    public long Delay { get; set; } = 1;

    /// <summary>No line is begun behind this.</summary>
    private static int Limit => (int)PageSize - 128;

    public override KernelResult Init()
    {
        CreateProcReadEntry("jiqwq", 0, null, ReadWork, 0L);
        CreateProcReadEntry("jiqwqdelay", 0, null, ReadWork, Delay);
        CreateProcReadEntry("jiqtasklet", 0, null, ReadTasklet, null);
        CreateProcReadEntry("jiqtimer", 0, null, ReadTimer, null);
        CreateProcReadEntry("jiqtimersafe", 0, null, ReadTimerSafely, null);
        return 0;
    }

    public override void Exit()
    {
        foreach (string name in new[] { "jiqwq", "jiqwqdelay", "jiqtasklet", "jiqtimer", "jiqtimersafe" })
            RemoveProcEntry(name, null);
    }

    private KernelResult ReadWork(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        WaitQueueEntry wait = DefineWait();
        Begin(page);
        _delay = (ulong)(long)data!;
        PrepareToWait(_wait, wait, TaskInterruptible);
        if (_delay == 0)
            ScheduleWork(_work);
        else
            ScheduleDelayedWork(_work, _delay);
        Schedule();
        FinishWait(_wait, wait);
        eof = true;
        return _len;
    }

    private KernelResult ReadTasklet(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        Begin(page);
        TaskletSchedule(_tasklet);
#pragma warning disable DK8010 // The mistake that the book has here.
        InterruptibleSleepOn(_wait);
#pragma warning restore DK8010
        eof = true;
        return _len;
    }

    private KernelResult ReadTimer(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        StartTimer(page);
#pragma warning disable DK8010 // The same mistake.
        InterruptibleSleepOn(_wait);
#pragma warning restore DK8010
        DelTimerSync(_timer);
        eof = true;
        return _len;
    }

    private KernelResult ReadTimerSafely(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        StartTimer(page);
        KernelResult result = WaitEventInterruptible(_wait, () => _isDone);
        DelTimerSync(_timer);
        eof = true;
        return result.IsError ? result : _len;
    }

    private void StartTimer(KernelLogicalAddress page)
    {
        Begin(page);
        SetupTimer(_timer, _ => TimedOut(), null);
        _timer.Expires = Jiffies + Hz;
        Print();
        AddTimer(_timer);
    }

    private void Begin(KernelLogicalAddress page) => (_len, _buf, _jiffies, _isDone) = (0, page, Jiffies, false);

    /// <returns>False when the page is full, and the reader has been woken.</returns>
    private bool Print()
    {
        ulong now = Jiffies;
        if (_len > Limit)
        {
            WakeUpInterruptible(_wait);
            return false;
        }

        int length = _len == 0 ? Sprintf(_buf, "    time  delta preempt   pid cpu command\n") : 0;
        length += Sprintf(_buf + length,
            $"{CLong.Of(now),9}  {CLong.Of(now - _jiffies),4}     {PreemptCount(),3} {Current.Pid,5} {SmpProcessorId(),3} {Current.Comm}\n");
        _len += length;
        _buf += (ulong)length;
        _jiffies = now;
        return true;
    }

    private void PrintWork()
    {
        if (!Print())
            return;
        if (_delay == 0)
            ScheduleWork(_work);
        else
            ScheduleDelayedWork(_work, _delay);
    }

    private void PrintTasklet()
    {
        if (Print())
            TaskletSchedule(_tasklet);
    }

    private void TimedOut()
    {
        Print();
        _isDone = true;
        WakeUpInterruptible(_wait);
    }
}
