using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>Work that is done later in process context, by worker threads.</summary>
/// <remarks>A thread is made when its processor first has work; the kernel makes all with the queue. Source: kernel/workqueue.c of Linux 2.6.20.</remarks>
internal sealed class Workqueues(Machine machine, Scheduler scheduler, Kthreads kthreads, KernelTimers timers, Timekeeping time, IKernelLog log)
{
    /// <summary>Work within work within work that flushes its own queue is a mistake.</summary>
    private const int MaxRunDepth = 3;

    private WorkqueueStruct? _events;

    /// <summary><c>keventd_wq</c>: the kernel's own queue, with the threads <c>events/0</c> and so on.</summary>
    public WorkqueueStruct Events => _events ??= new WorkqueueStruct("events", machine.Cpus.Count);

    /// <summary><c>create_workqueue()</c>, <c>create_singlethread_workqueue()</c>; null without memory.</summary>
    public WorkqueueStruct? Create(string name, bool singleThread, string function)
    {
        AtomicContext.MightSleep(machine, function);
        return scheduler.Fails(function) ? null : new WorkqueueStruct(name, singleThread ? 0 : machine.Cpus.Count);
    }

    /// <summary><c>INIT_WORK()</c>, <c>INIT_DELAYED_WORK()</c>.</summary>
    public static void Init(WorkStruct work, Action<WorkStruct>? func, string function)
    {
        if (work.IsPending)
            throw new KernelOopsException($"kernel BUG in {function}: {work} is pending; initialising it would lose it in the list");
        work.Func = func;
    }

    /// <summary><c>queue_work()</c>: on the processor that calls.</summary>
    /// <returns>False if it was pending already.</returns>
    public bool Queue(WorkqueueStruct queue, WorkStruct work)
    {
        ThrowIfUnfit(queue, work, "queue_work");
        if (work.IsPending)
            return false;
        work.IsPending = true;
        Insert(queue, work);
        return true;
    }

    /// <summary><c>queue_delayed_work()</c>, <c>queue_delayed_work_on()</c>.</summary>
    /// <returns>False if it was pending already.</returns>
    public bool QueueDelayed(WorkqueueStruct queue, DelayedWork work, ulong delay, Cpu? cpu)
    {
        if (delay == 0 && cpu is null)
            return Queue(queue, work);
        ThrowIfUnfit(queue, work, "queue_delayed_work");
        if (work.IsPending)
            return false;
        work.IsPending = true;
        TimerList timer = work.Timer;
        timer.Function = _ => Insert(queue, work);
        timer.Expires = time.Jiffies + delay;
        timers.Add(timer, cpu ?? scheduler.Cpu, "queue_delayed_work");
        return true;
    }

    /// <summary><c>cancel_delayed_work()</c>.</summary>
    /// <returns>True if its timer had not expired; false: it is queued, or runs, or nothing was to be done.</returns>
    public bool Cancel(DelayedWork work)
    {
        if (!timers.Delete(work.Timer))
            return false;
        work.IsPending = false;
        return true;
    }

    /// <summary><c>flush_workqueue()</c>: waits until what is queued now has been done.</summary>
    public void Flush(WorkqueueStruct queue, string function)
    {
        AtomicContext.MightSleep(machine, function);
        ThrowIfDestroyed(queue, function);
        foreach (WorkqueueStruct.Worker worker in queue.Workers)
        {
            if (worker.Thread is null)
                continue;
            if (worker.Thread == scheduler.Current)
            {
                Run(worker);
                continue;
            }

            long needed = worker.Inserted;
            Waiting.Event(scheduler, worker.WorkDone, () => worker.Removed >= needed, TaskState.Uninterruptible, exclusive: false, Waiting.Forever, function);
        }
    }

    /// <summary><c>destroy_workqueue()</c>: does what is queued, and ends the threads.</summary>
    public void Destroy(WorkqueueStruct queue)
    {
        Flush(queue, "destroy_workqueue");
        foreach (WorkqueueStruct.Worker worker in queue.Workers)
        {
            if (worker.Thread is { } thread)
                kthreads.Stop(thread);
        }

        queue.IsDestroyed = true;
    }

    /// <summary><c>__queue_work()</c>.</summary>
    private void Insert(WorkqueueStruct queue, WorkStruct work)
    {
        ThrowIfDestroyed(queue, "__queue_work");
        WorkqueueStruct.Worker worker = queue.Workers[queue.IsSingleThreaded ? 0 : scheduler.Cpu.Id];
        worker.Works.Enqueue(work);
        worker.Inserted++;
        if (worker.Thread is null)
            Start(worker);
        else
            Waiting.WakeUp(scheduler, worker.MoreWork, interruptibleOnly: false, exclusive: 1);
    }

    private void Start(WorkqueueStruct.Worker worker)
    {
        string name = worker.Queue.IsSingleThreaded ? worker.Queue.Name : $"{worker.Queue.Name}/{worker.Cpu}";
        worker.Thread = kthreads.Create(() => Work(worker), name, isServer: true);
        if (!worker.Queue.IsSingleThreaded)
            Kthreads.Bind(worker.Thread, worker.Cpu);
        kthreads.Wake(worker.Thread);
    }

    /// <summary><c>worker_thread()</c>.</summary>
    private int Work(WorkqueueStruct.Worker worker)
    {
        while (true)
        {
            Run(worker);
            if (kthreads.ShouldStop)
                return 0;
            Waiting.Event(
                scheduler, worker.MoreWork, () => worker.Works.Count != 0 || kthreads.ShouldStop,
                TaskState.Interruptible, exclusive: false, Waiting.Forever, "worker_thread");
        }
    }

    /// <summary><c>run_workqueue()</c>.</summary>
    private void Run(WorkqueueStruct.Worker worker)
    {
        if (++worker.RunDepth > MaxRunDepth)
            log.Write(LogLevel.Warning, $"run_workqueue: recursion depth exceeded: {worker.RunDepth}");
        while (worker.Works.TryDequeue(out WorkStruct? work))
        {
            Action<WorkStruct>? func = work.Func;

            // From here on it may be queued again, or freed.
            work.IsPending = false;
            scheduler.Point("run_workqueue", work);
            func!(work);
            if (scheduler.Cpu.PreemptCount != 0)
                log.Write(LogLevel.Error, $"BUG: workqueue leaked lock or atomic: {scheduler.Current.Comm}/0x{scheduler.Cpu.PreemptCount:x8}/{scheduler.Current.Pid}\n    last function: {FunctionName.Of(func)}");
            worker.Removed++;
            Waiting.WakeUp(scheduler, worker.WorkDone, interruptibleOnly: false, exclusive: 0);
        }

        worker.RunDepth--;
    }

    private static void ThrowIfUnfit(WorkqueueStruct queue, WorkStruct work, string function)
    {
        ThrowIfDestroyed(queue, function);
        if (work.Func is null)
            throw new KernelOopsException($"kernel BUG in {function}: the work has no function");
    }

    private static void ThrowIfDestroyed(WorkqueueStruct queue, string function)
    {
        if (queue.IsDestroyed)
            throw new KernelOopsException($"kernel BUG in {function}: {queue} has been destroyed; its memory is gone", function == "destroy_workqueue" ? KernelRule.DoubleRelease : KernelRule.UseAfterRelease);
    }
}
