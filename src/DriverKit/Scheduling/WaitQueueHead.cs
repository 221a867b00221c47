namespace DriverKit.Scheduling;

/// <summary><c>wait_queue_head_t</c>: tasks that wait for something to happen (<c>linux/wait.h</c>). Make one with <c>new</c>
/// (<c>DECLARE_WAIT_QUEUE_HEAD</c>, <c>init_waitqueue_head</c>); it belongs to the driver's data.</summary>
/// <remarks>Source: kernel/wait.c, kernel/sched.c of Linux 2.6.20.</remarks>
public sealed class WaitQueueHead : IWaitable
{
    private readonly List<WaitQueueEntry> _entries = [];
    private readonly string? _name;

    /// <summary>An empty queue.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public WaitQueueHead(string? name = null) => _name = name;

    /// <summary><c>waitqueue_active()</c>: somebody waits.</summary>
    public bool IsActive => _entries.Count != 0;

    TaskStruct? IWaitable.Owner => null;

    string IWaitable.Describe() => _name is null ? "a wait queue to be woken" : $"wait queue {_name} to be woken";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "wait queue";

    /// <summary><c>add_wait_queue()</c>, or its exclusive form: exclusive waiters stand at the end.</summary>
    internal void Add(WaitQueueEntry entry)
    {
        if (entry.Queue is not null)
            return;
        entry.Queue = this;
        if (entry.IsExclusive)
            _entries.Add(entry);
        else
            _entries.Insert(0, entry);
    }

    /// <summary><c>remove_wait_queue()</c>.</summary>
    internal void Remove(WaitQueueEntry entry)
    {
        if (entry.Queue == this && _entries.Remove(entry))
            entry.Queue = null;
    }

    /// <summary><c>__wake_up()</c>: calls everybody's wake function, and stops after so many exclusive waiters have been woken.</summary>
    /// <param name="scheduler">Who wakes.</param>
    /// <param name="states">Which sleepers.</param>
    /// <param name="exclusive">How many exclusive waiters; 0: all.</param>
    /// <param name="key">What has happened, for wake functions that look (poll events).</param>
    internal void WakeUp(Scheduler scheduler, TaskState states, int exclusive, uint key = 0)
    {
        foreach (WaitQueueEntry entry in _entries.ToArray())
        {
            if (entry.Queue == this && entry.Wake(scheduler, states, key) && entry.IsExclusive && --exclusive == 0)
                return;
        }
    }
}

/// <summary><c>wait_queue_t</c>: one task in a wait queue (<c>DEFINE_WAIT</c>, <c>DECLARE_WAITQUEUE</c>).</summary>
public class WaitQueueEntry
{
    private readonly bool _removesItself;

    /// <summary>An entry for a task.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="removesItself"><c>autoremove_wake_function</c>: leaves the queue when woken, as <c>DEFINE_WAIT</c> makes it.</param>
    internal WaitQueueEntry(TaskStruct task, bool removesItself)
    {
        Task = task;
        _removesItself = removesItself;
    }

    /// <summary><c>private</c>: the task that waits.</summary>
    public TaskStruct Task { get; }

    /// <summary><c>WQ_FLAG_EXCLUSIVE</c>: a wake-up wakes one such entry.</summary>
    public bool IsExclusive { get; internal set; }

    /// <summary>The queue it is in; null: none.</summary>
    internal WaitQueueHead? Queue { get; set; }

    /// <summary><c>func</c>: what a wake-up does.</summary>
    /// <returns>True if the task was woken.</returns>
    internal virtual bool Wake(Scheduler scheduler, TaskState states, uint key)
    {
        if (!scheduler.TryToWakeUp(Task, states))
            return false;
        if (_removesItself)
            Queue?.Remove(this);
        return true;
    }
}
