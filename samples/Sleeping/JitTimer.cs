// /proc/jitimer: five lines, each written by a timer. Its mistake: a signal ends the read, /proc frees the page, and the timer writes on.
namespace Samples.Sleeping;

internal sealed class JitTimer(JitModule module, bool isSafe)
{
    public KernelResult Read(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? unused)
    {
        if (JitData.Begin(page) is not { } data)
            return -ENOMEM;
        InitTimer(data.Timer);
        data.Timer.Data = data;
        data.Timer.Function = Tick;
        data.Timer.Expires = data.PrevJiffies + (ulong)module.Tdelay;
        AddTimer(data.Timer);

        _ = WaitEventInterruptible(data.Wait, () => data.Loops == 0);
        if (isSafe)
            return End(page, data, ref eof);
        if (SignalPending(Current))
            return -ERESTARTSYS;
        ulong length = data.Buf - page;
        Kfree(data.Memory);
        eof = true;
        return length;
    }

    // What the timer works on goes only when the timer has gone.
    private static KernelResult End(KernelLogicalAddress page, JitData data, ref bool eof)
    {
        DelTimerSync(data.Timer);
        KernelResult result = data.Loops == 0 ? data.Buf - page : -ERESTARTSYS;
        Kfree(data.Memory);
        eof = true;
        return result;
    }

    private void Tick(object? argument)
    {
        var data = (JitData)argument!;
        ulong now = Jiffies;
        data.Print(now);
        if (--data.Loops == 0)
        {
            WakeUpInterruptible(data.Wait);
            return;
        }

        data.Timer.Expires += (ulong)module.Tdelay;
        data.PrevJiffies = now;
        AddTimer(data.Timer);
    }
}
