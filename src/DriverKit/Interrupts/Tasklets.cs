using DriverKit.Hardware;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>Tasklets: two softirqs with a list of functions for each processor.</summary>
/// <remarks>
/// What is scheduled last runs first, as in Linux 2.6.20. A tasklet whose turn comes while it is disabled, or while another processor runs it, is put aside until
/// that is over; the kernel turns the softirq round and round for it.
/// Source: kernel/softirq.c of Linux 2.6.20.
/// </remarks>
internal sealed class Tasklets
{
    private readonly Scheduler _scheduler;
    private readonly Softirqs _softirqs;
    private readonly IKernelLog _log;
    private readonly TaskletList[] _normal;
    private readonly TaskletList[] _high;

    public Tasklets(Machine machine, Scheduler scheduler, Softirqs softirqs, IKernelLog log)
    {
        _scheduler = scheduler;
        _softirqs = softirqs;
        _log = log;
        _normal = [.. machine.Cpus.Select(cpu => new TaskletList(cpu, Softirq.Tasklet))];
        _high = [.. machine.Cpus.Select(cpu => new TaskletList(cpu, Softirq.Hi))];
        softirqs.Open(Softirq.Tasklet, _ => Run(_normal));
        softirqs.Open(Softirq.Hi, _ => Run(_high));
    }

    /// <summary><c>tasklet_init()</c>.</summary>
    public static void Init(TaskletStruct tasklet, Action<object?>? func, object? data)
    {
        if (tasklet.IsScheduled || tasklet.RunsOn >= 0)
            throw new KernelOopsException($"kernel BUG in tasklet_init: {tasklet} is scheduled or runs");
        (tasklet.Func, tasklet.Data, tasklet.Count) = (func, data, 0);
    }

    /// <summary><c>tasklet_schedule()</c>, <c>tasklet_hi_schedule()</c>. Scheduled twice before it runs, it runs once.</summary>
    public void Schedule(TaskletStruct tasklet, bool high)
    {
        if (tasklet.IsScheduled)
            return;
        tasklet.IsScheduled = true;
        Add(tasklet, (high ? _high : _normal)[_scheduler.Cpu.Id]);
    }

    /// <summary><c>tasklet_disable_nosync()</c>.</summary>
    public static void Disable(TaskletStruct tasklet) => tasklet.Count++;

    /// <summary><c>tasklet_unlock_wait()</c>: waits until it runs nowhere.</summary>
    public void WaitUntilIdle(TaskletStruct tasklet, string function)
    {
        if (tasklet.RunsOn == _scheduler.Cpu.Id)
            throw new KernelOopsException($"BUG: soft lockup detected on CPU#{_scheduler.Cpu.Id}!\n{function}() waits for {tasklet}, and is called from it or from what has interrupted it");
        _scheduler.SpinOn(tasklet, function);
    }

    /// <summary><c>tasklet_enable()</c>: if its turn has come meanwhile, it runs now.</summary>
    public void Enable(TaskletStruct tasklet)
    {
        if (tasklet.Count == 0)
            throw new KernelOopsException($"kernel BUG in tasklet_enable: one tasklet_enable() for each tasklet_disable() of {tasklet}");
        tasklet.Count--;
        Unpark(tasklet);
    }

    /// <summary><c>tasklet_kill()</c>: waits until it is neither scheduled nor runs.</summary>
    public void Kill(TaskletStruct tasklet)
    {
        if (PreemptCounts.InInterrupt(_scheduler.Cpu))
            _log.Write(LogLevel.Warning, "Attempt to kill tasklet from interrupt");
        if (tasklet.IsScheduled)
            Waiting.Event(_scheduler, tasklet.Started, () => !tasklet.IsScheduled, TaskState.Uninterruptible, exclusive: false, Waiting.Forever, "tasklet_kill");
        tasklet.IsScheduled = true;
        WaitUntilIdle(tasklet, "tasklet_kill");
        tasklet.IsScheduled = false;
        WakeWaiters(tasklet);
    }

    private void Add(TaskletStruct tasklet, TaskletList list)
    {
        tasklet.Next = list.First;
        list.First = tasklet;
        _softirqs.Raise(list.Cpu, list.Softirq);
    }

    /// <summary><c>tasklet_action()</c>, <c>tasklet_hi_action()</c>.</summary>
    private void Run(TaskletList[] lists)
    {
        Cpu cpu = _scheduler.Cpu;
        TaskletList list = lists[cpu.Id];
        TaskletStruct? next = list.First;
        list.First = null;
        while (next is { } tasklet)
        {
            next = tasklet.Next;
            tasklet.Next = null;
            if (tasklet.RunsOn >= 0 || tasklet.Count != 0)
            {
                tasklet.Parked = list;
                continue;
            }

            tasklet.IsScheduled = false;
            tasklet.RunsOn = cpu.Id;
            WakeWaiters(tasklet);
            _scheduler.Point("tasklet_action", tasklet);
            tasklet.Func!(tasklet.Data);
            tasklet.RunsOn = -1;
            Unpark(tasklet);
        }
    }

    private void Unpark(TaskletStruct tasklet)
    {
        if (tasklet is not { Parked: { } list, RunsOn: < 0, Count: 0 })
            return;
        tasklet.Parked = null;
        Add(tasklet, list);
    }

    private void WakeWaiters(TaskletStruct tasklet)
    {
        if (tasklet.HasWaiters)
            Waiting.WakeUp(_scheduler, tasklet.Started, interruptibleOnly: false, exclusive: 0);
    }
}

/// <summary><c>tasklet_vec</c>: the tasklets that one processor is to run.</summary>
internal sealed class TaskletList(Cpu cpu, Softirq softirq)
{
    public Cpu Cpu { get; } = cpu;

    public Softirq Softirq { get; } = softirq;

    public TaskletStruct? First { get; set; }
}
