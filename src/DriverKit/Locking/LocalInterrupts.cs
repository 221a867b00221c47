using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary>The interrupt flag of the processor that runs.</summary>
/// <remarks>Source: include/asm-i386/irqflags.h of Linux 2.6.20.</remarks>
internal static class LocalInterrupts
{
    /// <summary><c>local_irq_disable()</c>.</summary>
    public static void Disable(Scheduler scheduler) => scheduler.Cpu.InterruptsEnabled = false;

    /// <summary><c>local_irq_save()</c>.</summary>
    public static IrqFlags Save(Scheduler scheduler)
    {
        var flags = new IrqFlags(scheduler.Cpu.InterruptsEnabled);
        scheduler.Cpu.InterruptsEnabled = false;
        return flags;
    }

    /// <summary><c>local_irq_enable()</c>: what has come meanwhile is taken at once.</summary>
    public static void Enable(Scheduler scheduler)
    {
        if (scheduler.Cpu.InterruptsEnabled)
            return;
        scheduler.Cpu.InterruptsEnabled = true;
        if (!scheduler.Clock.IsDue && scheduler.Interrupts is not { IsPending: true })
            return;
        scheduler.LookSoon();
        scheduler.Point("local_irq_enable");
    }

    /// <summary><c>local_irq_restore()</c>.</summary>
    /// <exception cref="KernelOopsException">The flags have never been saved.</exception>
    public static void Restore(Scheduler scheduler, IrqFlags flags, string function)
    {
        if (!flags.IsSaved)
            throw new KernelOopsException($"BUG: {function}() of flags that were never saved", KernelRule.IrqFlagsMisused);
        if (flags.InterruptsEnabled)
            Enable(scheduler);
        else
            Disable(scheduler);
    }
}
