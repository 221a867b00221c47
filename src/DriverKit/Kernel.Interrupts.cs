using DriverKit.Interrupts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit;

/// <content>Interrupts, and what is done later.</content>
public sealed partial class Kernel
{
    internal InterruptController Irqs { get; private set; } = null!;

    internal Softirqs Softirqs { get; private set; } = null!;

    internal Kthreads Kthreads { get; private set; } = null!;

    /// <summary><c>init_IRQ</c>, <c>softirq_init</c>. Threads and tables come when they are first needed.</summary>
    private void BootInterrupts()
    {
        Kthreads = new Kthreads(Scheduler, KernelThreads);
        Softirqs = new Softirqs(Machine, Scheduler, KernelThreads, Log);
        Irqs = new InterruptController(Machine, Scheduler, Softirqs, Kthreads, Log);
    }

    /// <summary>A bug in an interrupt: there is no task whose death would help.</summary>
    private Exception Panic(Exception bug, TaskStruct task)
    {
        Exception oops = _processes.Oops(bug, task, null);
        Log.Write(LogLevel.Emergency, "Kernel panic - not syncing: Fatal exception in interrupt");
        return oops;
    }
}
