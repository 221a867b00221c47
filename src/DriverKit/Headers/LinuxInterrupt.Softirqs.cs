using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Interrupts;
using DriverKit.Locking;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <content>Softirqs and tasklets.</content>
public static partial class LinuxInterrupt
{
    /// <summary><c>local_bh_disable()</c>: no softirq runs on this processor until <see cref="LocalBhEnable"/>, and nothing may sleep. Process and softirq context.</summary>
    [Acquires(KernelResource.BottomHalves)]
    public static void LocalBhDisable() => BottomHalves.Disable(Kernel.Current("local_bh_disable").Scheduler);

    /// <summary><c>local_bh_enable()</c>: softirqs that have been raised meanwhile run now. Process and softirq context, interrupts on.</summary>
    /// <exception cref="KernelOopsException">Bottom halves are on already; or called in an interrupt, or with interrupts off.</exception>
    [Releases(KernelResource.BottomHalves)]
    public static void LocalBhEnable() => BottomHalves.Enable(Kernel.Current("local_bh_enable").Scheduler, "local_bh_enable");

    /// <summary><c>open_softirq(nr, action, data)</c>: what the softirq does. The kernel's own are taken.</summary>
    /// <param name="nr">Which.</param>
    /// <param name="action">Runs in softirq context.</param>
    /// <param name="data">What it is given.</param>
    public static void OpenSoftirq(Softirq nr, [CalledIn(CallContext.Softirq)] Action<object?> action, object? data) => Kernel.Current("open_softirq").Softirqs.Open(nr, action, data);

    /// <summary><c>raise_softirq(nr)</c>: it runs on this processor: after the interrupt, or in ksoftirqd. Every context.</summary>
    /// <exception cref="KernelOopsException">There is no such softirq.</exception>
    public static void RaiseSoftirq(Softirq nr) => Raise("raise_softirq", nr);

    /// <summary><c>raise_softirq_irqoff(nr)</c>: the same with interrupts off.</summary>
    /// <exception cref="KernelOopsException">There is no such softirq.</exception>
    [MustHold(KernelResource.InterruptsOff)]
    public static void RaiseSoftirqIrqoff(Softirq nr) => Raise("raise_softirq_irqoff", nr);

    /// <summary><c>do_softirq()</c>: runs what has been raised on this processor; in an interrupt it does nothing.</summary>
    public static void DoSoftirq()
    {
        Kernel kernel = Kernel.Current("do_softirq");
        kernel.Softirqs.Run(kernel.Machine.CurrentCpu);
    }

    /// <summary><c>tasklet_init(t, func, data)</c>.</summary>
    /// <exception cref="KernelOopsException">It is scheduled or runs.</exception>
    public static void TaskletInit(TaskletStruct t, [CalledIn(CallContext.Softirq)] Action<object?> func, object? data)
    {
        Kernel.Current("tasklet_init", t);
        Tasklets.Init(t, func, data);
    }

    /// <summary><c>tasklet_schedule(t)</c>: it runs soon, once, on this processor. Every context.</summary>
    public static void TaskletSchedule(TaskletStruct t) => Kernel.Current("tasklet_schedule", t).Tasklets.Schedule(t, high: false);

    /// <summary><c>tasklet_hi_schedule(t)</c>: the same, before all other softirqs.</summary>
    public static void TaskletHiSchedule(TaskletStruct t) => Kernel.Current("tasklet_hi_schedule", t).Tasklets.Schedule(t, high: true);

    /// <summary><c>tasklet_disable(t)</c>: it does not run until <see cref="TaskletEnable"/>, and runs nowhere now. It counts. Not in the tasklet itself.</summary>
    /// <exception cref="KernelOopsException">Called by the tasklet: it would wait for itself.</exception>
    public static void TaskletDisable(TaskletStruct t)
    {
        Kernel kernel = Kernel.Current("tasklet_disable", t);
        Tasklets.Disable(t);
        kernel.Tasklets.WaitUntilIdle(t, "tasklet_disable");
    }

    /// <summary><c>tasklet_disable_nosync(t)</c>: the same without waiting.</summary>
    public static void TaskletDisableNosync(TaskletStruct t)
    {
        Kernel.Current("tasklet_disable_nosync", t);
        Tasklets.Disable(t);
    }

    /// <summary><c>tasklet_enable(t)</c>: undoes one disable; if it is scheduled, it runs soon.</summary>
    /// <exception cref="KernelOopsException">It is enabled already.</exception>
    public static void TaskletEnable(TaskletStruct t) => Kernel.Current("tasklet_enable", t).Tasklets.Enable(t);

    /// <summary><c>tasklet_hi_enable(t)</c>.</summary>
    /// <exception cref="KernelOopsException">It is enabled already.</exception>
    public static void TaskletHiEnable(TaskletStruct t) => Kernel.Current("tasklet_hi_enable", t).Tasklets.Enable(t);

    /// <summary><c>tasklet_kill(t)</c>: waits until it neither is scheduled nor runs. One that schedules itself must be kept from it before. Process context; may sleep.</summary>
    /// <exception cref="KernelOopsException">It has to wait, and was called in an interrupt or in atomic context; or by the tasklet itself.</exception>
    [MightSleep]
    public static void TaskletKill(TaskletStruct t) => Kernel.Current("tasklet_kill", t).Tasklets.Kill(t);

    private static void Raise(string function, Softirq nr)
    {
        Kernel kernel = Kernel.Current(function);
        Cpu cpu = kernel.Machine.CurrentCpu;
        kernel.Softirqs.Raise(cpu, nr);
    }
}
