using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>pipe->mutex</c>: one task at a time works on a pipe. Who comes meanwhile sleeps, in the order they came.</summary>
internal sealed class PipeLock(string name) : IWaitable
{
    private readonly WaitQueueHead _waiters = new(name);
    private TaskStruct? _owner;

    TaskStruct? IWaitable.Owner => _owner;

    public void Lock(Scheduler scheduler)
    {
        scheduler.Point("pipe_lock", this);
        if (_owner is not null)
            Wait(scheduler);
        _owner = scheduler.Current;
    }

    public void Unlock(Scheduler scheduler)
    {
        _owner = null;
        if (_waiters.IsActive)
            _waiters.WakeUp(scheduler, TaskState.Uninterruptible, 1);
        scheduler.Point("pipe_unlock", this);
    }

    string IWaitable.Describe() => $"the lock of {name}";

    public override string ToString() => name;

    private void Wait(Scheduler scheduler)
    {
        var entry = new WaitQueueEntry(scheduler.Current, removesItself: true);
        while (_owner is not null)
        {
            Waiting.Prepare(scheduler, _waiters, entry, TaskState.Uninterruptible, exclusive: true);
            scheduler.Current.WaitsFor = this;
            scheduler.Current.Operation = "pipe_lock";
            scheduler.Schedule();
        }

        Waiting.Finish(scheduler, _waiters, entry);
    }
}
