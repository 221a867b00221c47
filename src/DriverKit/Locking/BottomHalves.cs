using DriverKit.Hardware;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary>Keeping softirqs off the processor that runs.</summary>
/// <remarks>Source: kernel/softirq.c of Linux 2.6.20.</remarks>
internal static class BottomHalves
{
    /// <summary><c>local_bh_disable()</c>.</summary>
    public static void Disable(Scheduler scheduler) => scheduler.Cpu.PreemptCount += PreemptCounts.SoftirqOffset;

    /// <summary><c>local_bh_enable()</c>: softirqs that were raised meanwhile run now.</summary>
    /// <exception cref="KernelOopsException">Bottom halves are on already; or in an interrupt, or with interrupts off: the softirqs would turn them on.</exception>
    public static void Enable(Scheduler scheduler, string function)
    {
        Cpu cpu = scheduler.Cpu;
        if (PreemptCounts.InIrq(cpu))
            throw new KernelOopsException($"BUG: at kernel/softirq.c local_bh_enable(): {function}() in an interrupt");
        if (!cpu.InterruptsEnabled)
            throw new KernelOopsException($"BUG: at kernel/softirq.c local_bh_enable(): {function}() with interrupts off");
        if (!PreemptCounts.InSoftirq(cpu))
            throw new KernelOopsException($"BUG: at kernel/softirq.c local_bh_enable(): {function}() without local_bh_disable()", KernelRule.AtomicDepthImbalance);

        // One count of preempt_disable stays until the softirqs are done.
        cpu.PreemptCount -= PreemptCounts.SoftirqOffset - PreemptCounts.PreemptOffset;
        if (!PreemptCounts.InInterrupt(cpu) && cpu.SoftirqPending != 0)
            DoSoftirq(scheduler, cpu);
        cpu.PreemptCount -= PreemptCounts.PreemptOffset;
    }

    /// <summary><c>do_softirq()</c>: a bug in a softirq stops the machine, wherever it runs.</summary>
    private static void DoSoftirq(Scheduler scheduler, Cpu cpu)
    {
        try
        {
            cpu.InterruptsEnabled = false;
            scheduler.Interrupts?.DoSoftirq(cpu);
            LocalInterrupts.Enable(scheduler);
        }
        catch (Exception exception) when (!scheduler.HasPanicked && exception is not (FiberAbortedException or DeadlockException))
        {
            scheduler.Panic(exception);
        }
    }
}
