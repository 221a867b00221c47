// /proc/jitasklet and jitasklethi: five lines, each written by a tasklet that schedules itself again. With jitimer's mistake.
namespace Samples.Sleeping;

internal sealed class JitTasklet(Action<TaskletStruct> schedule)
{
    public KernelResult Read(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? unused)
    {
        if (JitData.Begin(page) is not { } data)
            return -ENOMEM;
        TaskletInit(data.Tlet, Run, data);
        schedule(data.Tlet);

        _ = WaitEventInterruptible(data.Wait, () => data.Loops == 0);
        if (SignalPending(Current))
            return -ERESTARTSYS;
        ulong length = data.Buf - page;
        Kfree(data.Memory);
        eof = true;
        return length;
    }

    private void Run(object? argument)
    {
        var data = (JitData)argument!;
        ulong now = Jiffies;
        data.Print(now);
        if (--data.Loops == 0)
        {
            WakeUpInterruptible(data.Wait);
            return;
        }

        data.PrevJiffies = now;
        schedule(data.Tlet);
    }
}
