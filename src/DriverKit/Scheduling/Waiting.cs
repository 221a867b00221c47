using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary>The textbook's ways to sleep in a wait queue: say so, look once more, sleep, say that it is over.</summary>
/// <remarks>Source: include/linux/wait.h, kernel/wait.c of Linux 2.6.20.</remarks>
internal static class Waiting
{
    /// <summary><c>MAX_SCHEDULE_TIMEOUT</c>.</summary>
    public const long Forever = long.MaxValue;

    private const TaskState Sleeping = TaskState.Interruptible | TaskState.Uninterruptible;

    /// <summary><c>prepare_to_wait()</c>, or its exclusive form: in the queue, and asleep from the next schedule() on.</summary>
    public static void Prepare(Scheduler scheduler, WaitQueueHead queue, WaitQueueEntry entry, TaskState state, bool exclusive)
    {
        entry.IsExclusive = exclusive;
        queue.Add(entry);
        scheduler.Current.State = state;
        scheduler.Current.WaitsFor = queue;
    }

    /// <summary><c>finish_wait()</c>.</summary>
    public static void Finish(Scheduler scheduler, WaitQueueHead queue, WaitQueueEntry entry)
    {
        scheduler.Current.State = TaskState.Running;
        scheduler.Current.WaitsFor = null;
        queue.Remove(entry);
    }

    /// <summary><c>wait_event()</c> in all its forms.</summary>
    /// <param name="scheduler">Where.</param>
    /// <param name="queue">What to wait in.</param>
    /// <param name="condition">What to wait for; called once before and after each wake-up.</param>
    /// <param name="state">Whether signals end it.</param>
    /// <param name="exclusive">Woken one at a time.</param>
    /// <param name="jiffies">The longest wait; <see cref="Forever"/>: no limit.</param>
    /// <param name="operation">The kernel name.</param>
    /// <returns>The jiffies left, at least 1, when the condition holds; 0 when the time is over; -ERESTARTSYS for a signal.</returns>
    public static long Event(Scheduler scheduler, WaitQueueHead queue, Func<bool> condition, TaskState state, bool exclusive, long jiffies, string operation)
    {
        if (condition())
            return Math.Max(jiffies, 1);
        var entry = new WaitQueueEntry(scheduler.Current, removesItself: true);
        long result;
        while (true)
        {
            scheduler.Point("prepare_to_wait", queue);
            Prepare(scheduler, queue, entry, state, exclusive);
            scheduler.Point(operation, queue);
            if (condition())
            {
                result = Math.Max(jiffies, 1);
                break;
            }

            if (state == TaskState.Interruptible && scheduler.Current.SignalPending)
            {
                result = -Errno.ERESTARTSYS.Number;
                break;
            }

            scheduler.Current.Operation = operation;
            jiffies = ScheduleTimeout(scheduler, jiffies);
            if (jiffies == 0)
            {
                result = condition() ? 1 : 0;
                break;
            }
        }

        scheduler.Point("finish_wait", queue);
        Finish(scheduler, queue, entry);
        return result;
    }

    /// <summary><c>schedule_timeout()</c>: sleeps, in the state the task has set, until woken or until the time is over.</summary>
    /// <returns>The jiffies left; <see cref="Forever"/> of that.</returns>
    public static long ScheduleTimeout(Scheduler scheduler, long jiffies)
    {
        if (jiffies == Forever)
        {
            scheduler.Schedule();
            return Forever;
        }

        ulong expires = scheduler.Clock.Ticks + Math.Min((ulong)Math.Max(jiffies, 0), long.MaxValue / scheduler.Clock.Tick);
        ulong now = scheduler.Clock.Now;
        ulong left = scheduler.ScheduleTimeout(Math.Max(expires * scheduler.Clock.Tick, now) - now);
        return left == 0 || scheduler.Clock.Ticks >= expires ? 0 : (long)(expires - scheduler.Clock.Ticks);
    }

    /// <summary><c>wake_up()</c> in all its forms.</summary>
    public static void WakeUp(Scheduler scheduler, WaitQueueHead queue, bool interruptibleOnly, int exclusive) =>
        queue.WakeUp(scheduler, interruptibleOnly ? TaskState.Interruptible : Sleeping, exclusive);
}
