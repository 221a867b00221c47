using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>io_setup(2).</summary>
internal readonly struct IoSetupCall(uint requests) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.AsyncIo.Setup(process.Mm, requests);

    public string Describe() => $"io_setup({requests})";
}

/// <summary>io_destroy(2).</summary>
internal readonly struct IoDestroyCall(AioContext id) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        AsyncIo aio = process.Kernel.AsyncIo;
        if (aio.Find(process.Mm, id) is not { } queue)
            return -Errno.EINVAL;
        aio.Destroy(queue);
        return 0;
    }

    public string Describe() => $"io_destroy({id.Id})";
}

/// <summary>io_submit(2).</summary>
internal readonly struct IoSubmitCall(AioContext id, Iocb?[] iocbs) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        AsyncIo aio = process.Kernel.AsyncIo;
        if (aio.Find(process.Mm, id) is not { } queue)
            return -Errno.EINVAL;
        int done = 0;
        foreach (Iocb? iocb in iocbs.AsSpan(0, Math.Min(iocbs.Length, queue.Slots + 1)))
        {
            if (aio.Submit(queue, process.Files, iocb) is { IsError: true } error)
                return done != 0 ? done : error;
            done++;
        }

        return done;
    }

    public string Describe() => $"io_submit({id.Id}, {iocbs.Length})";
}

/// <summary>io_getevents(2).</summary>
internal readonly struct IoGeteventsCall(AioContext id, long least, long most, TimeSpan? timeout, List<IoEvent> events) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (process.Kernel.AsyncIo.Find(process.Mm, id) is not { } queue || least < 0 || least > most)
            return -Errno.EINVAL;
        Scheduler scheduler = process.Kernel.Context.Scheduler;
        ulong deadline = timeout < TimeSpan.Zero ? 0 : Polling.DeadlineIn(scheduler, timeout);
        return queue.Read(least, most, deadline, events);
    }

    public string Describe() => $"io_getevents({id.Id}, {least}, {most}, {timeout?.ToString() ?? "NULL"})";
}

/// <summary>io_cancel(2).</summary>
internal readonly struct IoCancelCall(AioContext id, Iocb iocb) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.AsyncIo.Find(process.Mm, id) is { } queue ? queue.Cancel(iocb) : -Errno.EINVAL;

    public string Describe() => $"io_cancel({id.Id}, {iocb.AioLioOpcode})";
}
