using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/wait.h</c>: sleeping until something happens. Waiting needs process context and may sleep; waking may be done in every context.</summary>
/// <remarks>A condition is a delegate, called again after each wake-up. Source: include/linux/wait.h, kernel/wait.c, kernel/sched.c of Linux 2.6.20.</remarks>
public static class LinuxWait
{
    /// <summary><c>wait_event(wq, condition)</c>: sleeps until the condition holds; signals wait.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void WaitEvent(WaitQueueHead wq, [AtomicContext] Func<bool> condition) => Wait("wait_event", wq, condition, TaskState.Uninterruptible, Waiting.Forever);

    /// <summary><c>wait_event_timeout(wq, condition, timeout)</c>.</summary>
    /// <param name="wq">Where to wait.</param>
    /// <param name="condition">What for.</param>
    /// <param name="timeout">The longest wait, in jiffies.</param>
    /// <returns>0: the time is over; otherwise the jiffies left, at least 1.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static long WaitEventTimeout(WaitQueueHead wq, [AtomicContext] Func<bool> condition, long timeout) =>
        Wait("wait_event_timeout", wq, condition, TaskState.Uninterruptible, timeout);

    /// <summary><c>wait_event_interruptible(wq, condition)</c>: sleeps until the condition holds or a signal comes.</summary>
    /// <returns>0, or -ERESTARTSYS for a signal: hand it on to the process.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult WaitEventInterruptible(WaitQueueHead wq, [AtomicContext] Func<bool> condition) =>
        Math.Min(Wait("wait_event_interruptible", wq, condition, TaskState.Interruptible, Waiting.Forever), 0);

    /// <summary><c>wait_event_interruptible_exclusive(wq, condition)</c>: the same, and a wake-up wakes only one of those who wait so.</summary>
    /// <returns>0, or -ERESTARTSYS for a signal.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult WaitEventInterruptibleExclusive(WaitQueueHead wq, [AtomicContext] Func<bool> condition) =>
        Math.Min(Wait("wait_event_interruptible_exclusive", wq, condition, TaskState.Interruptible, Waiting.Forever, exclusive: true), 0);

    /// <summary><c>wait_event_interruptible_timeout(wq, condition, timeout)</c>.</summary>
    /// <param name="wq">Where to wait.</param>
    /// <param name="condition">What for.</param>
    /// <param name="timeout">The longest wait, in jiffies.</param>
    /// <returns>0: the time is over; the jiffies left, at least 1; or -ERESTARTSYS for a signal.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult WaitEventInterruptibleTimeout(WaitQueueHead wq, [AtomicContext] Func<bool> condition, long timeout) =>
        Wait("wait_event_interruptible_timeout", wq, condition, TaskState.Interruptible, timeout);

    /// <summary><c>DEFINE_WAIT(name)</c>: an entry for the task that runs, which leaves the queue when it is woken.</summary>
    public static WaitQueueEntry DefineWait() => new(Kernel.Current("DEFINE_WAIT").CurrentTask, removesItself: true);

    /// <summary><c>DECLARE_WAITQUEUE(name, current)</c>: an entry for the task that runs, which stays in the queue until it is removed.</summary>
    public static WaitQueueEntry DeclareWaitqueue() => new(Kernel.Current("DECLARE_WAITQUEUE").CurrentTask, removesItself: false);

    /// <summary><c>add_wait_queue(q, wait)</c>.</summary>
    public static void AddWaitQueue(WaitQueueHead q, WaitQueueEntry wait)
    {
        Enter("add_wait_queue", q);
        wait.IsExclusive = false;
        q.Add(wait);
    }

    /// <summary><c>add_wait_queue_exclusive(q, wait)</c>: a wake-up wakes one of those who wait so.</summary>
    public static void AddWaitQueueExclusive(WaitQueueHead q, WaitQueueEntry wait)
    {
        Enter("add_wait_queue_exclusive", q);
        wait.IsExclusive = true;
        q.Add(wait);
    }

    /// <summary><c>remove_wait_queue(q, wait)</c>.</summary>
    public static void RemoveWaitQueue(WaitQueueHead q, WaitQueueEntry wait)
    {
        Enter("remove_wait_queue", q);
        q.Remove(wait);
    }

    /// <summary><c>prepare_to_wait(q, wait, state)</c>: in the queue, and asleep from the next <see cref="LinuxSched.Schedule"/> on. Look at the condition between the two.</summary>
    public static void PrepareToWait(WaitQueueHead q, WaitQueueEntry wait, TaskState state) =>
        Waiting.Prepare(Enter("prepare_to_wait", q).Scheduler, q, wait, state, exclusive: false);

    /// <summary><c>prepare_to_wait_exclusive(q, wait, state)</c>.</summary>
    public static void PrepareToWaitExclusive(WaitQueueHead q, WaitQueueEntry wait, TaskState state) =>
        Waiting.Prepare(Enter("prepare_to_wait_exclusive", q).Scheduler, q, wait, state, exclusive: true);

    /// <summary><c>finish_wait(q, wait)</c>: awake, and out of the queue.</summary>
    public static void FinishWait(WaitQueueHead q, WaitQueueEntry wait) => Waiting.Finish(Enter("finish_wait", q).Scheduler, q, wait);

    /// <summary><c>wake_up(q)</c>: everybody who does not wait exclusively, and one who does.</summary>
    public static void WakeUp(WaitQueueHead q) => Wake("wake_up", q, interruptibleOnly: false, 1);

    /// <summary><c>wake_up_nr(q, nr)</c>: at most that many exclusive waiters.</summary>
    public static void WakeUpNr(WaitQueueHead q, int nr) => Wake("wake_up_nr", q, interruptibleOnly: false, nr);

    /// <summary><c>wake_up_all(q)</c>.</summary>
    public static void WakeUpAll(WaitQueueHead q) => Wake("wake_up_all", q, interruptibleOnly: false, 0);

    /// <summary><c>wake_up_interruptible(q)</c>: those in interruptible sleep only.</summary>
    public static void WakeUpInterruptible(WaitQueueHead q) => Wake("wake_up_interruptible", q, interruptibleOnly: true, 1);

    /// <summary><c>wake_up_interruptible_nr(q, nr)</c>.</summary>
    public static void WakeUpInterruptibleNr(WaitQueueHead q, int nr) => Wake("wake_up_interruptible_nr", q, interruptibleOnly: true, nr);

    /// <summary><c>wake_up_interruptible_all(q)</c>.</summary>
    public static void WakeUpInterruptibleAll(WaitQueueHead q) => Wake("wake_up_interruptible_all", q, interruptibleOnly: true, 0);

    /// <summary><c>waitqueue_active(q)</c>: somebody is in the queue. Without a barrier before it, it may miss one that comes just now.</summary>
    public static bool WaitqueueActive(WaitQueueHead q)
    {
        Enter("waitqueue_active", q);
        return q.IsActive;
    }

    /// <summary><c>sleep_on(q)</c>: sleeps until woken. Whoever wakes between the caller's look at its condition and this call is missed: use <see cref="WaitEvent"/>.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [WaitsUnconditionally]
    public static void SleepOn(WaitQueueHead q) => SleepOn("sleep_on", q, TaskState.Uninterruptible, Waiting.Forever);

    /// <summary><c>interruptible_sleep_on(q)</c>: sleeps until woken or until a signal comes, with the same flaw as <see cref="SleepOn(WaitQueueHead)"/>.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [WaitsUnconditionally]
    public static void InterruptibleSleepOn(WaitQueueHead q) => SleepOn("interruptible_sleep_on", q, TaskState.Interruptible, Waiting.Forever);

    /// <summary><c>sleep_on_timeout(q, timeout)</c>.</summary>
    /// <returns>The jiffies left.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [WaitsUnconditionally]
    public static long SleepOnTimeout(WaitQueueHead q, long timeout) => SleepOn("sleep_on_timeout", q, TaskState.Uninterruptible, timeout);

    /// <summary><c>interruptible_sleep_on_timeout(q, timeout)</c>.</summary>
    /// <returns>The jiffies left.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [WaitsUnconditionally]
    public static long InterruptibleSleepOnTimeout(WaitQueueHead q, long timeout) => SleepOn("interruptible_sleep_on_timeout", q, TaskState.Interruptible, timeout);

    private static long Wait(string function, WaitQueueHead wq, Func<bool> condition, TaskState state, long timeout, bool exclusive = false)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Kernel kernel = Enter(function, wq);
        Memory.Physical.AtomicContext.MightSleep(kernel.Machine, function);
        return Waiting.Event(kernel.Scheduler, wq, condition, state, exclusive, timeout, function);
    }

    private static long SleepOn(string function, WaitQueueHead q, TaskState state, long timeout)
    {
        Scheduler scheduler = Enter(function, q).Scheduler;
        var entry = new WaitQueueEntry(scheduler.Current, removesItself: false);
        scheduler.Current.State = state;
        scheduler.Current.WaitsFor = q;
        scheduler.Current.Operation = function;
        q.Add(entry);
        long left = Waiting.ScheduleTimeout(scheduler, timeout);
        scheduler.Current.WaitsFor = null;
        q.Remove(entry);
        return left;
    }

    private static void Wake(string function, WaitQueueHead q, bool interruptibleOnly, int exclusive)
    {
        Scheduler scheduler = Enter(function, q).Scheduler;
        Waiting.WakeUp(scheduler, q, interruptibleOnly, exclusive);
        SharedObject.Left(scheduler, q);
    }

    /// <summary>A wait queue that was never initialised is a null pointer to the kernel.</summary>
    private static Kernel Enter(string function, WaitQueueHead queue) =>
        queue is null ? throw new NullReferenceException() : Kernel.Current(function, queue);
}
