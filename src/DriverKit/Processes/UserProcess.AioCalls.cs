using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <content>System calls for asynchronous reads and writes.</content>
public sealed partial class UserProcess
{
    /// <summary>io_setup(2): makes a queue of requests. It ends with the address space.</summary>
    /// <param name="nrEvents">For how many requests at once, at least.</param>
    /// <exception cref="SyscallException">EINVAL (none, or far too many), EAGAIN (more than /proc/sys/fs/aio-max-nr allows).</exception>
    public AioContext IoSetup(uint nrEvents) => new((ulong)Call(new IoSetupCall(nrEvents)).Value);

    /// <summary>io_destroy(2): cancels what can be cancelled, and sleeps until nothing is under way.</summary>
    /// <exception cref="SyscallException">EINVAL (no such queue).</exception>
    public void IoDestroy(AioContext context) => Call(new IoDestroyCall(context));

    /// <summary>io_submit(2): begins requests. How each of them ends is in its event.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="iocbs">The requests.</param>
    /// <returns>How many have begun: fewer in front of one that is wrong.</returns>
    /// <exception cref="SyscallException">What is wrong with the first: EINVAL (no such queue, an unknown command, a file that cannot do it, a negative offset), EBADF, EFAULT (a bad buffer; null),
    /// EAGAIN (the queue is full).</exception>
    public int IoSubmit(AioContext context, params Iocb?[] iocbs)
    {
        ArgumentNullException.ThrowIfNull(iocbs);
        return (int)Call(new IoSubmitCall(context, iocbs)).Value;
    }

    /// <summary>io_getevents(2): sleeps until requests are complete.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="minNr">How many to wait for.</param>
    /// <param name="nr">How many to fetch at most.</param>
    /// <param name="timeout">The longest wait, in virtual time; null: no limit.</param>
    /// <returns>The events, in the order of completion; fewer than asked for when the time is over or a signal has come.</returns>
    /// <exception cref="SyscallException">EINVAL (no such queue, or numbers that make no sense), EINTR (before the first event).</exception>
    public IReadOnlyList<IoEvent> IoGetevents(AioContext context, long minNr, long nr, TimeSpan? timeout = null)
    {
        var events = new List<IoEvent>();
        Call(new IoGeteventsCall(context, minNr, nr, timeout, events));
        return events;
    }

    /// <summary>io_cancel(2): asks the driver to end a request now; its event comes as ever.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="iocb">The request, the same object that was submitted.</param>
    /// <exception cref="SyscallException">Always: EINPROGRESS when the driver does it; EINVAL (no such queue; a request that is complete or cannot be cancelled), or what the driver returns.</exception>
    public void IoCancel(AioContext context, Iocb iocb)
    {
        ArgumentNullException.ThrowIfNull(iocb);
        Call(new IoCancelCall(context, iocb));
    }
}
