using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>A table that queues somebody in the wait queues it is told of.</summary>
internal abstract class QueueingPollTable : PollTable
{
    /// <summary><c>poll_wait()</c>.</summary>
    public abstract void Queue(OpenFile file, WaitQueueHead queue);
}

/// <summary><c>struct poll_wqueues</c>: a task in all the wait queues of the files it polls. The first of them that is woken with something it asked for ends its sleep.</summary>
/// <remarks>Source: <c>__pollwait</c>, <c>pollwake</c>, <c>poll_schedule_timeout</c>, fs/select.c.</remarks>
internal sealed class PollWaits(Scheduler scheduler) : QueueingPollTable, IWaitable, IDisposable
{
    private readonly List<Entry> _entries = [];
    private readonly TaskStruct _task = scheduler.Current;
    private bool _isTriggered;

    /// <summary><c>_key</c>: the events that wake it, for the file that is asked next.</summary>
    public PollEvents Key { get; set; }

    TaskStruct? IWaitable.Owner => null;

    /// <inheritdoc/>
    public override void Queue(OpenFile file, WaitQueueHead queue)
    {
        file.Get();
        var entry = new Entry(this, file, queue, Key);
        _entries.Add(entry);
        queue.Add(entry);
    }

    /// <summary><c>poll_schedule_timeout</c>: sleeps until woken, or until a time.</summary>
    /// <param name="deadline">Nanoseconds since boot; <see cref="ulong.MaxValue"/>: no limit.</param>
    /// <returns>False when the time is over.</returns>
    public bool Sleep(ulong deadline)
    {
        bool isInTime = true;
        _task.State = TaskState.Interruptible;
        _task.WaitsFor = this;
        scheduler.Point("poll_schedule_timeout", this);
        if (!_isTriggered)
        {
            _task.Operation = "poll_schedule_timeout";
            if (deadline == ulong.MaxValue)
                scheduler.Schedule();
            else
                isInTime = deadline > scheduler.Clock.Now && scheduler.ScheduleTimeout(deadline - scheduler.Clock.Now) != 0;
        }

        _task.State = TaskState.Running;
        _task.WaitsFor = null;
        _isTriggered = false;
        return isInTime;
    }

    /// <summary><c>poll_freewait</c>.</summary>
    public void Dispose()
    {
        foreach (Entry entry in _entries)
        {
            entry.Head.Remove(entry);
            entry.File.Put();
        }

        _entries.Clear();
    }

    string IWaitable.Describe() => _entries.Count == 0 ? "no file at all" : "one of " + string.Join(", ", _entries.Select(entry => entry.File.Path).Distinct());

    /// <summary><c>struct poll_table_entry</c>.</summary>
    private sealed class Entry(PollWaits waits, OpenFile file, WaitQueueHead head, PollEvents key) : WaitQueueEntry(waits._task, removesItself: false)
    {
        public OpenFile File => file;

        public WaitQueueHead Head => head;

        /// <summary><c>pollwake</c>: a wake-up that names other events than those asked for is none.</summary>
        internal override bool Wake(Scheduler scheduler, TaskState states, uint key1)
        {
            if (key1 != 0 && ((PollEvents)key1 & key) == 0)
                return false;
            waits._isTriggered = true;
            return scheduler.TryToWakeUp(Task, TaskState.Interruptible);
        }
    }
}
