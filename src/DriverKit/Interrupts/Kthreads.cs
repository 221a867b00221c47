using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>Kernel threads that are told when to end.</summary>
/// <remarks>Source: kernel/kthread.c of Linux 2.6.20.</remarks>
internal sealed class Kthreads(Scheduler scheduler, KernelThreads threads)
{
    private readonly Dictionary<TaskStruct, Kthread> _kthreads = [];

    /// <summary><c>kthread_create()</c>: a thread that sleeps until it is first woken.</summary>
    /// <param name="threadFn">What it does; what it returns is the result of <see cref="Stop"/>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isServer">It belongs to the kernel and may sleep for ever.</param>
    public TaskStruct Create(Func<int> threadFn, string name, bool isServer = false)
    {
        var kthread = new Kthread(name);
        TaskStruct task = threads.Create(
            name,
            () =>
            {
                // A bug ends the thread here, and nobody is told: whoever stops it waits for ever.
                if (!kthread.ShouldStop)
                    kthread.Result = threadFn();
                kthread.HasEnded = true;
                Waiting.WakeUp(scheduler, kthread.Done, interruptibleOnly: false, exclusive: 0);
            },
            isServer);
        _kthreads.Add(task, kthread);
        return task;
    }

    /// <summary><c>kthread_bind()</c>.</summary>
    public static void Bind(TaskStruct task, int cpu)
    {
        if (task.State != TaskState.Interruptible || task.Fiber is not null)
            throw new KernelOopsException($"kernel BUG in kthread_bind: {task} has started already");
        task.BoundTo = task.Cpu = cpu;
    }

    public void Wake(TaskStruct task) => scheduler.TryToWakeUp(task, TaskState.Interruptible | TaskState.Uninterruptible);

    /// <summary><c>kthread_should_stop()</c>.</summary>
    public bool ShouldStop => _kthreads.TryGetValue(scheduler.Current, out Kthread? kthread) && kthread.ShouldStop;

    /// <summary><c>kthread_stop()</c>: says so, wakes the thread and waits for its end.</summary>
    /// <returns>What the thread function returned; -EINTR if it never ran.</returns>
    public int Stop(TaskStruct task)
    {
        if (!_kthreads.Remove(task, out Kthread? kthread))
            throw new KernelOopsException($"kernel BUG in kthread_stop: {task} is no thread of kthread_create(), or has been stopped before");
        if (kthread.HasEnded)
            throw new KernelOopsException($"kernel BUG in kthread_stop: {task} has ended by itself; its task_struct is gone. A thread that is stopped waits for kthread_should_stop()");
        if (task == scheduler.Current)
            throw new KernelOopsException($"kernel BUG in kthread_stop: {task} waits for its own end");
        _kthreads.Add(task, kthread);
        kthread.ShouldStop = true;
        Wake(task);
        Waiting.Event(scheduler, kthread.Done, () => kthread.HasEnded, TaskState.Uninterruptible, exclusive: false, Waiting.Forever, "kthread_stop");
        _kthreads.Remove(task);
        return kthread.Result;
    }

    private sealed class Kthread(string name)
    {
        public WaitQueueHead Done { get; } = new($"of the end of {name}");

        public bool ShouldStop { get; set; }

        public bool HasEnded { get; set; }

        public int Result { get; set; } = -Errno.EINTR.Number;
    }
}
