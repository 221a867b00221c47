using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>struct completion</c>: one task waits until another is done (<c>linux/completion.h</c>). Make one with <c>new</c> (<c>DECLARE_COMPLETION</c>).</summary>
/// <remarks>Source: kernel/sched.c, include/linux/completion.h of Linux 2.6.20.</remarks>
public sealed class Completion : IWaitable
{
    private const TaskState Sleeping = TaskState.Interruptible | TaskState.Uninterruptible;

    private readonly string? _name;
    private readonly WaitQueueHead _wait = new();
    private uint _done;

    /// <summary>One that is not done.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Completion(string? name = null) => _name = name;

    /// <summary><c>done</c>: how many more waits return at once.</summary>
    internal uint Done => _done;

    TaskStruct? IWaitable.Owner => null;

    string IWaitable.Describe() => _name is null ? "a completion" : $"completion {_name}";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "completion";

    /// <summary><c>init_completion()</c>: not done.</summary>
    internal void Reset() => _done = 0;

    /// <summary><c>complete()</c>: one that waits, now or later, goes on.</summary>
    internal void Complete(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        _done++;
        _wait.WakeUp(scheduler, Sleeping, 1);
    }

    /// <summary><c>complete_all()</c>: all go on, also those that come later.</summary>
    internal void CompleteAll(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        _done += uint.MaxValue / 2;
        _wait.WakeUp(scheduler, Sleeping, 0);
    }

    /// <summary><c>wait_for_completion()</c> in all its forms.</summary>
    /// <param name="scheduler">Where.</param>
    /// <param name="state">Whether signals end it.</param>
    /// <param name="jiffies">The longest wait.</param>
    /// <param name="operation">The kernel name.</param>
    /// <returns>The jiffies left when it is done; 0 when the time is over; -ERESTARTSYS for a signal.</returns>
    internal long Wait(Scheduler scheduler, TaskState state, long jiffies, string operation)
    {
        TaskStruct task = scheduler.Current;
        if (_done == 0)
        {
            var entry = new WaitQueueEntry(task, removesItself: false) { IsExclusive = true };
            _wait.Add(entry);
            try
            {
                do
                {
                    if (state == TaskState.Interruptible && task.SignalPending)
                        return -Errno.ERESTARTSYS.Number;
                    task.State = state;
                    task.WaitsFor = this;
                    task.Operation = operation;
                    jiffies = Waiting.ScheduleTimeout(scheduler, jiffies);
                    if (jiffies == 0)
                        return 0;
                }
                while (_done == 0);
            }
            finally
            {
                task.WaitsFor = null;
                task.State = TaskState.Running;
                _wait.Remove(entry);
            }
        }

        scheduler.StoreBuffers?.Drain();
        _done--;
        return jiffies;
    }
}
