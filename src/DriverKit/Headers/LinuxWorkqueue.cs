using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/workqueue.h</c>: work that is done later, in process context. Queueing: every context.</summary>
/// <remarks>Source: include/linux/workqueue.h, kernel/workqueue.c of Linux 2.6.20, whose work functions get the work.</remarks>
public static class LinuxWorkqueue
{
    /// <summary><c>INIT_WORK(work, func)</c>.</summary>
    /// <exception cref="KernelOopsException">It is pending.</exception>
    public static void InitWork(WorkStruct work, [CalledIn(CallContext.Process)] Action<WorkStruct> func)
    {
        Kernel.Current("INIT_WORK", work);
        Workqueues.Init(work, func, "INIT_WORK");
    }

    /// <summary><c>INIT_DELAYED_WORK(work, func)</c>.</summary>
    /// <exception cref="KernelOopsException">It is pending.</exception>
    public static void InitDelayedWork(DelayedWork work, [CalledIn(CallContext.Process)] Action<WorkStruct> func)
    {
        Kernel.Current("INIT_DELAYED_WORK", work);
        Workqueues.Init(work, func, "INIT_DELAYED_WORK");
    }

    /// <summary><c>PREPARE_WORK(work, func)</c>: another function for the same work.</summary>
    public static void PrepareWork(WorkStruct work, [CalledIn(CallContext.Process)] Action<WorkStruct> func)
    {
        Kernel.Current("PREPARE_WORK", work);
        work.Func = func;
    }

    /// <summary><c>work_pending(work)</c>: it is queued, or its timer runs.</summary>
    public static bool WorkPending(WorkStruct work)
    {
        Kernel.Current("work_pending", work);
        return work.IsPending;
    }

    /// <summary><c>delayed_work_pending(work)</c>.</summary>
    public static bool DelayedWorkPending(DelayedWork work)
    {
        Kernel.Current("delayed_work_pending", work);
        return work.IsPending;
    }

    /// <summary><c>create_workqueue(name)</c>: a queue with a thread <c>name/0</c>, <c>name/1</c>… for each processor. Process context; may sleep.</summary>
    /// <returns>The queue; null without memory.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    [return: AllocatesWith(Allocator.Workqueue)]
    public static WorkqueueStruct? CreateWorkqueue(string name) => Kernel.Current("create_workqueue").Workqueues.Create(name, singleThread: false, "create_workqueue");

    /// <summary><c>create_singlethread_workqueue(name)</c>: a queue with one thread. Process context; may sleep.</summary>
    /// <returns>The queue; null without memory.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    [return: AllocatesWith(Allocator.Workqueue)]
    public static WorkqueueStruct? CreateSinglethreadWorkqueue(string name) =>
        Kernel.Current("create_singlethread_workqueue").Workqueues.Create(name, singleThread: true, "create_singlethread_workqueue");

    /// <summary><c>destroy_workqueue(wq)</c>: does what is queued, and ends the threads. Delayed work must be cancelled before. Process context; may sleep.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, by work of the queue, or twice.</exception>
    [MightSleep]
    public static void DestroyWorkqueue([FreesWith(Allocator.Workqueue)] WorkqueueStruct wq) => Kernel.Current("destroy_workqueue", wq).Workqueues.Destroy(wq);

    /// <summary><c>queue_work(wq, work)</c>: a thread of this processor calls its function.</summary>
    /// <returns>True; false if it is pending already.</returns>
    /// <exception cref="KernelOopsException">The queue has been destroyed.</exception>
    public static bool QueueWork(WorkqueueStruct wq, WorkStruct work) => Kernel.Current("queue_work", work).Workqueues.Queue(wq, work);

    /// <summary><c>queue_delayed_work(wq, work, delay)</c>: the same after so many jiffies.</summary>
    /// <returns>True; false if it is pending already.</returns>
    /// <exception cref="KernelOopsException">The queue has been destroyed.</exception>
    public static bool QueueDelayedWork(WorkqueueStruct wq, DelayedWork work, ulong delay) =>
        Kernel.Current("queue_delayed_work", work).Workqueues.QueueDelayed(wq, work, delay, null);

    /// <summary><c>queue_delayed_work_on(cpu, wq, work, delay)</c>: the same on another processor.</summary>
    /// <returns>True; false if it is pending already.</returns>
    /// <exception cref="KernelOopsException">The queue has been destroyed, or there is no such processor.</exception>
    public static bool QueueDelayedWorkOn(int cpu, WorkqueueStruct wq, DelayedWork work, ulong delay)
    {
        Kernel kernel = Kernel.Current("queue_delayed_work_on", work);
        if ((uint)cpu >= (uint)kernel.Machine.Cpus.Count)
            throw new KernelOopsException($"kernel BUG in queue_delayed_work_on: there is no processor {cpu}");
        return kernel.Workqueues.QueueDelayed(wq, work, delay, kernel.Machine.Cpus[cpu]);
    }

    /// <summary><c>schedule_work(work)</c>: <see cref="QueueWork"/> in the kernel's own queue (<c>events/0</c>). What it does should be short: all drivers share it.</summary>
    /// <returns>True; false if it is pending already.</returns>
    public static bool ScheduleWork(WorkStruct work)
    {
        Workqueues workqueues = Kernel.Current("schedule_work", work).Workqueues;
        return workqueues.Queue(workqueues.Events, work);
    }

    /// <summary><c>schedule_delayed_work(work, delay)</c>: the same after so many jiffies.</summary>
    /// <returns>True; false if it is pending already.</returns>
    public static bool ScheduleDelayedWork(DelayedWork work, ulong delay)
    {
        Workqueues workqueues = Kernel.Current("schedule_delayed_work", work).Workqueues;
        return workqueues.QueueDelayed(workqueues.Events, work, delay, null);
    }

    /// <summary><c>cancel_delayed_work(work)</c>: stops the timer. If that has expired, the function may be queued or running: flush the queue to be sure.</summary>
    /// <returns>True if the work will not be done.</returns>
    public static bool CancelDelayedWork(DelayedWork work) => Kernel.Current("cancel_delayed_work", work).Workqueues.Cancel(work);

    /// <summary><c>flush_workqueue(wq)</c>: waits until what is queued now has been done. Process context; may sleep.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, or the queue has been destroyed.</exception>
    [MightSleep]
    public static void FlushWorkqueue(WorkqueueStruct wq) => Kernel.Current("flush_workqueue", wq).Workqueues.Flush(wq, "flush_workqueue");

    /// <summary><c>flush_scheduled_work()</c>: <see cref="FlushWorkqueue"/> for the kernel's own queue. Holding a lock that some work needs deadlocks.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void FlushScheduledWork()
    {
        Workqueues workqueues = Kernel.Current("flush_scheduled_work").Workqueues;
        workqueues.Flush(workqueues.Events, "flush_scheduled_work");
    }
}
