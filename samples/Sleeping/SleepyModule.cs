// Readers sleep until somebody writes. After sleepy.c of Linux Device Drivers, 3rd edition, chapter 6: /dev/sleepy as the book has it, and
// beside it /dev/sleepysafe, which lets one reader go for each write.
namespace Samples.Sleeping;

public sealed class SleepyModule : KernelModule
{
    private readonly Cdev _sleepy = new(), _safe = new();
    private readonly WaitQueueHead _wq = new("sleepy.wq"), _safeWq = new("sleepysafe.wq");
    private readonly AtomicT _safeFlag = new();
    private DeviceNumber _first;
    private bool _flag;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, 2, "sleepy");
        if (result.IsError)
            return result;

        CdevInit(_sleepy, new() { Owner = this, Read = Read, Write = Write });
        CdevInit(_safe, new() { Owner = this, Read = SafeRead, Write = SafeWrite });
        result = CdevAdd(_sleepy, _first, 1);
        if (result.IsError)
            goto failSleepy;
        result = CdevAdd(_safe, _first + 1, 1);
        if (result.IsError)
            goto failSafe;
        return 0;

    failSafe:
        CdevDel(_sleepy);
    failSleepy:
        UnregisterChrdevRegion(_first, 2);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_safe);
        CdevDel(_sleepy);
        UnregisterChrdevRegion(_first, 2);
    }

    // Two mistakes. A write wakes all readers; each that sees the flag before one has cleared it returns. And a signal is taken for a write.
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Printk(LogLevel.Debug, $"process {Current.Pid} ({Current.Comm}) going to sleep");
        _ = WaitEventInterruptible(_wq, () => _flag);
        _flag = false;
        Printk(LogLevel.Debug, $"awoken {Current.Pid} ({Current.Comm})");
        return 0;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Printk(LogLevel.Debug, $"process {Current.Pid} ({Current.Comm}) awakening the readers...");
        _flag = true;
        WakeUpInterruptible(_wq);
        return count;
    }

    // Who finds the flag set has cleared it in the same step.
    private KernelResult SafeRead(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
        WaitEventInterruptible(_safeWq, () => AtomicXchg(_safeFlag, 0) != 0);

    private KernelResult SafeWrite(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        AtomicSet(_safeFlag, 1);
        WakeUpInterruptible(_safeWq);
        return count;
    }
}
