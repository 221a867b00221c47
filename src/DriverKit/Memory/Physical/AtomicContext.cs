using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary><c>might_sleep()</c>: every function that may sleep asks here first, whether or not it will sleep this time.</summary>
/// <remarks>Source: <c>__might_sleep</c>, kernel/sched.c of Linux 2.6.20 with CONFIG_DEBUG_SPINLOCK_SLEEP.</remarks>
public static class AtomicContext
{
    /// <summary>Stops a function that may sleep if the processor is in atomic context.</summary>
    /// <param name="machine">The machine that runs.</param>
    /// <param name="function">The kernel name of the function that may sleep.</param>
    /// <exception cref="KernelOopsException">A kmap_atomic slot is held (DK1002), or preemption or interrupts are off.</exception>
    public static void MightSleep(Machine machine, string function)
    {
        Cpu cpu = machine.CurrentCpu;
        if (cpu is { PreemptCount: 0, InterruptsEnabled: true })
            return;
        string state = $"in_atomic():{(cpu.PreemptCount == 0 ? 0 : 1)}, irqs_disabled():{(cpu.InterruptsEnabled ? 0 : 1)}, preempt_count:{cpu.PreemptCount}, CPU#{cpu.Id}";
        if (cpu.AtomicKmaps > 0)
        {
            throw new KernelOopsException(
                $"BUG: sleeping function called from invalid context: {function}() while {cpu.AtomicKmaps} kmap_atomic slot(s) held\n{state}\n"
                + "Call kunmap_atomic() first, or map with kmap(), which may sleep",
                KernelRule.SleepWhileHoldingKmapAtomic)
            {
                PreemptCount = cpu.PreemptCount,
            };
        }

        throw new KernelOopsException($"BUG: sleeping function called from invalid context: {function}()\n{state}") { PreemptCount = cpu.PreemptCount };
    }
}
