using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Looks at files until one of them is ready, as poll() and select() do.</summary>
/// <remarks>Source: fs/select.c.</remarks>
internal static class Polling
{
    /// <summary><c>DEFAULT_POLLMASK</c>: what a file without a poll operation says.</summary>
    public const PollEvents DefaultMask = PollEvents.In | PollEvents.Out | PollEvents.RdNorm | PollEvents.WrNorm;

    /// <summary>No limit of time.</summary>
    public const ulong Forever = ulong.MaxValue;

    private const ulong NanosecondsPerMillisecond = 1_000_000;

    /// <summary><c>vfs_poll</c>.</summary>
    public static PollEvents Ask(OpenFile file, PollTable? table) => file.FOp.Poll is { } poll ? poll(file, table) : DefaultMask;

    /// <summary>The deadline of a timeout in milliseconds; below zero: none.</summary>
    public static ulong DeadlineIn(Scheduler scheduler, long milliseconds) =>
        milliseconds < 0 ? Forever : scheduler.Clock.Now + (ulong)milliseconds * NanosecondsPerMillisecond;

    /// <summary>The deadline of a time span of at least zero; null: none.</summary>
    public static ulong DeadlineIn(Scheduler scheduler, TimeSpan? timeout) =>
        timeout is { } time ? scheduler.Clock.Now + (ulong)time.Ticks * 100 : Forever;

    /// <summary><c>do_poll</c> and <c>do_select</c>: scans the files, sleeps, scans again.</summary>
    /// <param name="scheduler">Where.</param>
    /// <param name="scan">The files, and how to look at them.</param>
    /// <param name="deadline">Nanoseconds since boot; <see cref="Forever"/>: no limit.</param>
    /// <returns>How many are ready, 0 when the time is over, -ERESTARTNOHAND.</returns>
    public static KernelResult Wait<TScan>(Scheduler scheduler, ref TScan scan, ulong deadline) where TScan : struct, IPollScan
    {
        if (deadline <= scheduler.Clock.Now)
            return Look(scheduler, ref scan, null);
        using var waits = new PollWaits(scheduler);
        PollWaits? table = waits;
        for (bool isInTime = true; ; table = null)
        {
            KernelResult result = Look(scheduler, ref scan, table);
            if (result.Value != 0 || !isInTime)
                return result;
            isInTime = waits.Sleep(deadline);
        }
    }

    private static KernelResult Look<TScan>(Scheduler scheduler, ref TScan scan, PollWaits? table) where TScan : struct, IPollScan
    {
        int ready = scan.Scan(table);
        return ready == 0 && scheduler.Current.SignalPending ? -Errno.ERESTARTNOHAND : ready;
    }
}

/// <summary>The files of one poll() or select().</summary>
internal interface IPollScan
{
    /// <summary>Looks at each file once and notes what is ready. The task queues up only until the first that is.</summary>
    /// <param name="table">Where to queue up; null: nowhere.</param>
    /// <returns>How many are ready.</returns>
    int Scan(PollWaits? table);
}
