using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/irqflags.h</c>: interrupts on and off, on the processor that runs. Every context.</summary>
/// <remarks>An interrupt that comes while they are off is taken when they are on again. Source: include/linux/irqflags.h, include/asm-i386/irqflags.h of Linux 2.6.20.</remarks>
public static class LinuxIrqflags
{
    /// <summary><c>local_irq_disable()</c>.</summary>
    [Acquires(KernelResource.InterruptsOff)]
    public static void LocalIrqDisable() => LocalInterrupts.Disable(Kernel.Current("local_irq_disable").Scheduler);

    /// <summary><c>local_irq_enable()</c>: on, whatever they were before.</summary>
    [Releases(KernelResource.InterruptsOff)]
    public static void LocalIrqEnable() => LocalInterrupts.Enable(Kernel.Current("local_irq_enable").Scheduler);

    /// <summary><c>local_irq_save(flags)</c>: off.</summary>
    /// <param name="flags">Whether they were on.</param>
    [Acquires(KernelResource.InterruptsOff)]
    public static void LocalIrqSave(out IrqFlags flags) => flags = LocalInterrupts.Save(Kernel.Current("local_irq_save").Scheduler);

    /// <summary><c>local_irq_restore(flags)</c>: as they were.</summary>
    /// <exception cref="KernelOopsException">The flags were never saved.</exception>
    [Releases(KernelResource.InterruptsOff)]
    public static void LocalIrqRestore(IrqFlags flags) =>
        LocalInterrupts.Restore(Kernel.Current("local_irq_restore").Scheduler, flags, "local_irq_restore");

    /// <summary><c>local_save_flags(flags)</c>: only looks.</summary>
    public static void LocalSaveFlags(out IrqFlags flags) => flags = new IrqFlags(Kernel.Current("local_save_flags").Scheduler.Cpu.InterruptsEnabled);

    /// <summary><c>irqs_disabled()</c>: true when sleeping is forbidden because interrupts are off.</summary>
    [TrueInAtomicContext]
    public static bool IrqsDisabled() => !Kernel.Current("irqs_disabled").Scheduler.Cpu.InterruptsEnabled;

    /// <summary><c>irqs_disabled_flags(flags)</c>: interrupts were off when the flags were saved.</summary>
    [Pure]
    public static bool IrqsDisabledFlags(IrqFlags flags) => !flags.InterruptsEnabled;
}
