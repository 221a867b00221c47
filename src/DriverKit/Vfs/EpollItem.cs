using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct epitem</c>: a file that an epoll instance watches, in the wait queues the file has named.</summary>
internal sealed class EpollItem(EventPoll owner, OpenFile file, int fd, TaskStruct task) : QueueingPollTable
{
    /// <summary><c>EP_PRIVATE_BITS</c>: how to watch, not what for.</summary>
    public const PollEvents Modes = PollEvents.Wakeup | PollEvents.OneShot | PollEvents.EdgeTriggered | PollEvents.Exclusive;

    private readonly List<Entry> _entries = [];

    public EventPoll Owner => owner;

    public OpenFile File => file;

    public int Fd => fd;

    /// <summary>What to watch for, and how.</summary>
    public PollEvents Events { get; set; }

    /// <summary>The process's own word, which comes back with the events.</summary>
    public ulong Data { get; set; }

    /// <summary>EPOLLONESHOT has told once, so nothing is watched for.</summary>
    public bool IsDisarmed => (Events & ~Modes) == 0;

    /// <summary><c>ep_item_poll</c>.</summary>
    public PollEvents Ask(PollTable? table) => Polling.Ask(file, table) & Events;

    /// <summary><c>ep_ptable_queue_proc</c>.</summary>
    public override void Queue(OpenFile polled, WaitQueueHead queue)
    {
        var entry = new Entry(this, queue, task) { IsExclusive = (Events & PollEvents.Exclusive) != 0 };
        _entries.Add(entry);
        queue.Add(entry);
    }

    /// <summary><c>ep_unregister_pollwait</c>.</summary>
    public void Leave()
    {
        foreach (Entry entry in _entries)
            entry.Head.Remove(entry);
        _entries.Clear();
    }

    /// <summary><c>struct eppoll_entry</c>.</summary>
    private sealed class Entry(EpollItem item, WaitQueueHead head, TaskStruct task) : WaitQueueEntry(task, removesItself: false)
    {
        public WaitQueueHead Head => head;

        /// <summary><c>ep_poll_callback</c>.</summary>
        internal override bool Wake(Scheduler scheduler, TaskState states, uint key)
        {
            if (item.IsDisarmed || (key != 0 && ((PollEvents)key & item.Events) == 0))
                return (item.Events & PollEvents.Exclusive) == 0;
            bool woken = item.Owner.Happened(item);
            return woken || (item.Events & PollEvents.Exclusive) == 0;
        }
    }
}
