using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct eventpoll</c>: an epoll instance: the files it watches, and those of them about which there may be something to tell.</summary>
/// <remarks>Source: fs/eventpoll.c; epoll(7).</remarks>
internal sealed class EventPoll(Scheduler scheduler)
{
    private readonly Dictionary<(OpenFile File, int Fd), EpollItem> _items = [];

    /// <summary><c>rdllist</c>.</summary>
    private readonly LinkedList<EpollItem> _ready = [];

    /// <summary><c>wq</c>: who sleeps in epoll_wait().</summary>
    private readonly WaitQueueHead _waiters = new("of epoll_wait()");

    /// <summary><c>poll_wait</c>: who polls the instance itself.</summary>
    public WaitQueueHead PollWait { get; } = new("of an epoll instance");

    /// <summary><c>refs</c>: the items of other instances that watch this one.</summary>
    public List<EpollItem> WatchedBy { get; } = [];

    /// <summary>The instances this one watches.</summary>
    public IEnumerable<EventPoll> Watches => _items.Values.Select(item => EventPollFiles.Of(item.File)).OfType<EventPoll>();

    public EpollItem? Find(OpenFile file, int fd) => _items.GetValueOrDefault((file, fd));

    /// <summary><c>ep_insert</c>.</summary>
    public void Insert(OpenFile file, int fd, PollEvents events, ulong data)
    {
        var item = new EpollItem(this, file, fd, scheduler.Current) { Events = events, Data = data };
        _items.Add((file, fd), item);
        file.Closing += Forget;
        EventPollFiles.Of(file)?.WatchedBy.Add(item);
        if (item.Ask(item) != 0)
            Happened(item);
    }

    /// <summary><c>ep_modify</c>.</summary>
    public void Modify(EpollItem item, PollEvents events, ulong data)
    {
        (item.Events, item.Data) = (events, data);
        if (item.Ask(null) != 0)
            Happened(item);
    }

    /// <summary><c>ep_remove</c>.</summary>
    public void Remove(EpollItem item)
    {
        item.Leave();
        _items.Remove((item.File, item.Fd));
        _ready.Remove(item);
        EventPollFiles.Of(item.File)?.WatchedBy.Remove(item);
        item.File.Closing -= Forget;
    }

    /// <summary><c>ep_free</c>.</summary>
    public void Clear()
    {
        foreach (EpollItem item in _items.Values.ToArray())
            Remove(item);
    }

    /// <summary>There may be something to tell about a file: who waits looks.</summary>
    /// <returns>True if somebody was woken.</returns>
    public bool Happened(EpollItem item)
    {
        if (!_ready.Contains(item))
            _ready.AddLast(item);
        bool wakes = _waiters.IsActive;
        if (wakes)
            _waiters.WakeUp(scheduler, TaskState.Interruptible, 1);
        if (PollWait.IsActive)
            PollWait.WakeUp(scheduler, TaskState.Interruptible, 0, (uint)(PollEvents.In | PollEvents.RdNorm));
        return wakes;
    }

    /// <summary><c>__ep_eventpoll_poll</c>: the instance itself is readable when there is something to tell. What turns out to be nothing is not asked again.</summary>
    public bool IsReadable()
    {
        while (_ready.First is { } first)
        {
            if (first.Value.Ask(null) != 0)
                return true;
            _ready.Remove(first.Value);
        }

        return false;
    }

    /// <summary><c>ep_poll</c>: sleeps until there is something to tell, and tells it.</summary>
    /// <param name="sink">Takes an event; false when it cannot.</param>
    /// <param name="most">Events at most.</param>
    /// <param name="deadline">Nanoseconds since boot; <see cref="Polling.Forever"/>: no limit.</param>
    /// <returns>How many, 0 when the time is over, -EFAULT, -EINTR.</returns>
    public KernelResult Wait(Func<int, EpollItem, PollEvents, bool> sink, int most, ulong deadline)
    {
        TaskStruct task = scheduler.Current;
        while (true)
        {
            if (Tell(sink, most) is { Value: not 0 } told)
                return told;
            if (deadline <= scheduler.Clock.Now)
                return 0;
            if (task.SignalPending)
                return -Errno.EINTR;
            var entry = new WaitQueueEntry(task, removesItself: true);
            Waiting.Prepare(scheduler, _waiters, entry, TaskState.Interruptible, exclusive: true);
            scheduler.Point("ep_poll", _waiters);
            if (_ready.Count == 0)
            {
                task.Operation = "ep_poll";
                if (deadline == Polling.Forever)
                    scheduler.Schedule();
                else
                    scheduler.ScheduleTimeout(deadline - Math.Min(deadline, scheduler.Clock.Now));
            }

            Waiting.Finish(scheduler, _waiters, entry);
        }
    }

    /// <summary><c>ep_send_events</c>: each file is asked again. One that is watched level-triggered stays in the list, at its end.</summary>
    private KernelResult Tell(Func<int, EpollItem, PollEvents, bool> sink, int most)
    {
        int told = 0;
        for (int left = _ready.Count; left > 0 && told < most && _ready.First is { } first; left--)
        {
            EpollItem item = first.Value;
            _ready.RemoveFirst();
            PollEvents events = item.Ask(null);
            if (events == 0)
                continue;
            if (!sink(told, item, events))
            {
                _ready.AddFirst(item);
                return told != 0 ? told : -Errno.EFAULT;
            }

            told++;
            if ((item.Events & PollEvents.OneShot) != 0)
                item.Events &= EpollItem.Modes;
            else if ((item.Events & PollEvents.EdgeTriggered) == 0 && !_ready.Contains(item))
                _ready.AddLast(item);
        }

        if (_ready.Count != 0 && _waiters.IsActive)
            _waiters.WakeUp(scheduler, TaskState.Interruptible, 1);
        return told;
    }

    /// <summary><c>eventpoll_release_file</c>: a file that nobody has open any more is not watched.</summary>
    private void Forget(OpenFile file)
    {
        foreach (EpollItem item in _items.Values.Where(item => item.File == file).ToArray())
            Remove(item);
    }
}
