// Just in time: files in /proc that tell the time, and that let time go by in different ways. After jit.c of Linux Device Drivers, 3rd edition,
// chapter 7. Reading never ends: each 20 bytes of jitbusy, jitsched, jitqueue and jitschedto are one more line, and one more delay.
namespace Samples.Sleeping;

public sealed class JitModule : KernelModule
{
    private enum Way
    {
        Busy,
        Sched,
        Queue,
        SchedTimeout,
    }

    /// <summary>The delay of a line, in jiffies; 0: one second.</summary>
    [ModuleParam]
    public int Delay { get; set; }

    /// <summary>The time between two lines of jitimer, in jiffies.</summary>
    [ModuleParam]
    public int Tdelay { get; set; } = 10;

    public override KernelResult Init()
    {
        if (Delay == 0)
            Delay = (int)Hz;
        CreateProcReadEntry("currentime", 0, null, CurrentTime, null);
        CreateProcReadEntry("jitbusy", 0, null, Wait, Way.Busy);
        CreateProcReadEntry("jitsched", 0, null, Wait, Way.Sched);
        CreateProcReadEntry("jitqueue", 0, null, Wait, Way.Queue);
        CreateProcReadEntry("jitschedto", 0, null, Wait, Way.SchedTimeout);
        CreateProcReadEntry("jitimer", 0, null, new JitTimer(this, isSafe: false).Read, null);
        CreateProcReadEntry("jitimersafe", 0, null, new JitTimer(this, isSafe: true).Read, null);
        CreateProcReadEntry("jitasklet", 0, null, new JitTasklet(TaskletSchedule).Read, null);
        CreateProcReadEntry("jitasklethi", 0, null, new JitTasklet(TaskletHiSchedule).Read, null);
        return 0;
    }

    public override void Exit()
    {
        foreach (string name in new[] { "currentime", "jitbusy", "jitsched", "jitqueue", "jitschedto", "jitimer", "jitimersafe", "jitasklet", "jitasklethi" })
            RemoveProcEntry(name, null);
    }

    private static KernelResult CurrentTime(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        ulong j1 = Jiffies, j2 = GetJiffies64();
        DoGettimeofday(out Timeval tv1);
        Timespec tv2 = CurrentKernelTime();
        start = page;
        return Sprintf(page, $"0x{j1:x8} 0x{j2:x16} {tv1.TvSec,10}.{tv1.TvUsec:d6}\n{tv2.TvSec,40}.{tv2.TvNsec:d9}\n");
    }

    private KernelResult Wait(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        var wait = new WaitQueueHead("jit.wait");
        ulong j0 = Jiffies, j1 = j0 + (ulong)Delay;
        switch ((Way)data!)
        {
            case Way.Busy:
                while (TimeBefore(Jiffies, j1))
                    CpuRelax();
                break;
            case Way.Sched:
                while (TimeBefore(Jiffies, j1))
                    Schedule();
                break;
            case Way.Queue:
                _ = WaitEventInterruptibleTimeout(wait, () => false, Delay);
                break;
            case Way.SchedTimeout:
                SetCurrentState(TaskInterruptible);
                ScheduleTimeout(Delay);
                break;
        }

        start = page;
        return Sprintf(page, $"{CLong.Of(j0),9} {CLong.Of(Jiffies),9}\n");
    }
}
