using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct kioctx</c>: requests under way, and events that nobody has fetched.</summary>
/// <remarks>The ring of events is not mapped in the process, as it is on Linux; it has room for as many as there.</remarks>
internal sealed class KioCtx(AsyncIo aio, Scheduler scheduler, ulong id, MmStruct mm, uint maxRequests, int cpus) : IKiocbOwner
{
    private const int EventSize = 32, RingHeader = 32;

    private readonly Dictionary<Kiocb, Iocb> _running = [];
    private readonly Queue<IoEvent> _events = new();
    private readonly WaitQueueHead _wait = new("of io_getevents()");
    private readonly WaitQueueHead _allDone = new("of requests under way");
    private int _active;

    public ulong Id => id;

    public MmStruct Mm => mm;

    /// <summary><c>max_reqs</c>: what io_setup() has asked for.</summary>
    public uint MaxRequests => maxRequests;

    /// <summary><c>nr_events - 1</c>: requests and events that there may be at once. The ring has room for twice as many as were asked for, and fills its pages.</summary>
    public int Slots { get; } = SlotsOf(maxRequests, cpus);

    /// <summary><c>dead</c>: io_destroy() has been called.</summary>
    public bool IsDead { get; private set; }

    /// <summary><c>aio_get_req</c>: a request; null when there is no room for its event.</summary>
    public Kiocb? NewRequest(OpenFile file, Iocb iocb)
    {
        if (_active + _events.Count >= Slots)
            return null;
        var request = new Kiocb(file, iocb.AioOffset, this, isSync: false);
        _running.Add(request, iocb);
        _active++;
        file.Get();
        return request;
    }

    /// <summary>A request that was refused, or in which the driver had a bug: nobody hears of it.</summary>
    public void Drop(Kiocb request)
    {
        request.IsDone = true;
        _running.Remove(request);
        aio.Put(request.KiFilp, PutDone);
    }

    /// <inheritdoc/>
    public void Completed(Kiocb iocb, long res, long res2)
    {
        if (!_running.Remove(iocb, out Iocb? request))
            throw AsyncIo.CompletedTwice(iocb);
        _events.Enqueue(new IoEvent(request.AioData, request, res, res2));
        _wait.WakeUp(scheduler, TaskState.Interruptible, 0);
        aio.Put(iocb.KiFilp, PutDone);
    }

    /// <summary><c>read_events</c>: at least so many events, unless the time is over or a signal comes.</summary>
    /// <param name="least">How many to wait for.</param>
    /// <param name="most">How many to take.</param>
    /// <param name="deadline">Nanoseconds since boot.</param>
    /// <param name="taken">Takes them.</param>
    /// <returns>How many; without any -EINTR, or -EINVAL when the queue is destroyed.</returns>
    public KernelResult Read(long least, long most, ulong deadline, List<IoEvent> taken)
    {
        var entry = new WaitQueueEntry(scheduler.Current, removesItself: true);
        bool isOver = deadline <= scheduler.Clock.Now;
        while (true)
        {
            scheduler.Point("prepare_to_wait", _wait);
            Waiting.Prepare(scheduler, _wait, entry, TaskState.Interruptible, exclusive: false);
            while (taken.Count < most && _events.TryDequeue(out IoEvent next))
                taken.Add(next);
            if (taken.Count >= least || IsDead || isOver || scheduler.Current.SignalPending)
                break;
            scheduler.Current.Operation = "read_events";
            if (deadline == Polling.Forever)
                scheduler.Schedule();
            else
                isOver = scheduler.ScheduleTimeout(deadline - scheduler.Clock.Now) == 0;
        }

        Waiting.Finish(scheduler, _wait, entry);
        if (taken.Count != 0 || least == 0 && !IsDead)
            return taken.Count;
        return IsDead ? -Errno.EINVAL : scheduler.Current.SignalPending ? -Errno.EINTR : 0;
    }

    /// <summary><c>io_cancel</c>.</summary>
    /// <returns>-EINPROGRESS when the driver ends it, -EINVAL for one that is over or cannot be cancelled, or what the driver returns.</returns>
    public KernelResult Cancel(Iocb iocb)
    {
        if (_running.FirstOrDefault(each => ReferenceEquals(each.Value, iocb)).Key is not { KiCancel: { } cancel } request)
            return -Errno.EINVAL;
        request.KiCancel = null;
        KernelResult result = cancel(request);
        return result.Value == 0 ? -Errno.EINPROGRESS : result;
    }

    /// <summary><c>kill_ioctx</c>: cancels what can be, and waits until nothing is under way.</summary>
    public void Kill()
    {
        IsDead = true;
        _wait.WakeUp(scheduler, TaskState.Interruptible, 0);
        FirstBug bug = default;
        foreach (Kiocb request in _running.Keys.ToArray())
        {
            if (request is { IsDone: false, KiCancel: { } cancel })
            {
                request.KiCancel = null;
                bug.Try(() => cancel(request));
            }
        }

        if (_active != 0)
            bug.Try(() => Waiting.Event(scheduler, _allDone, () => _active == 0, TaskState.Uninterruptible, exclusive: false, Waiting.Forever, "exit_aio"));
        bug.Throw();
    }

    /// <summary><c>really_put_req</c>.</summary>
    private void PutDone()
    {
        if (--_active == 0)
            _allDone.WakeUp(scheduler, TaskState.Uninterruptible, 0);
    }

    private static int SlotsOf(uint maxRequests, int cpus)
    {
        const long Page = (long)PageGeometry.PageSize;
        long entries = Math.Max(maxRequests, (long)cpus * 4) * 2 + 2;
        long pages = (RingHeader + entries * EventSize + Page - 1) / Page;
        return (int)((pages * Page - RingHeader) / EventSize) - 1;
    }
}
