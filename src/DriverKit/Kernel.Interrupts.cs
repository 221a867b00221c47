using System.Diagnostics.CodeAnalysis;
using DriverKit.Interrupts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit;

/// <content>Interrupts, and what is done later. Tables and threads come when they are first needed.</content>
public sealed partial class Kernel
{
    private Tasklets? _tasklets;
    private KernelTimers? _timers;
    private Workqueues? _workqueues;

    internal Kthreads Kthreads { get; private set; }

    internal Softirqs Softirqs { get; private set; }

    internal InterruptController Irqs { get; private set; }

    internal Timekeeping Time { get; private set; }

    internal Tasklets Tasklets => _tasklets ??= new Tasklets(Machine, Scheduler, Softirqs, Log);

    internal KernelTimers Timers => _timers ??= new KernelTimers(Machine, Scheduler, Softirqs, Irqs, Time, Log);

    internal Workqueues Workqueues => _workqueues ??= new Workqueues(Machine, Scheduler, Kthreads, Timers, Time, Log);

    /// <summary><c>init_IRQ</c>, <c>softirq_init</c>, <c>time_init</c>.</summary>
    [MemberNotNull(nameof(Kthreads), nameof(Softirqs), nameof(Irqs), nameof(Time))]
    private void BootInterrupts()
    {
        Kthreads = new Kthreads(Scheduler, KernelThreads);
        Softirqs = new Softirqs(Machine, Scheduler, KernelThreads, Log);
        Irqs = new InterruptController(Machine, Scheduler, Softirqs, Kthreads, Log);
        Time = new Timekeeping(Machine, Scheduler.Clock);
        Machine.Timer = Irqs.After;
        Softirqs.Open(Softirq.Rcu, _ => Rcu.DoBatch());
        Rcu.RaiseSoftirq = () => Softirqs.Raise(Scheduler.Cpu, Softirq.Rcu);
    }

    /// <summary>A bug in an interrupt: there is no task whose death would help.</summary>
    private Exception Panic(Exception bug, TaskStruct task)
    {
        Exception oops = _processes.Oops(bug, task, null);
        Log.Write(LogLevel.Emergency, "Kernel panic - not syncing: Fatal exception in interrupt");
        return oops;
    }
}
