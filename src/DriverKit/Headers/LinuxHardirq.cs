using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/hardirq.h</c>: in which context the code runs. Every context.</summary>
/// <remarks>Source: include/linux/hardirq.h of Linux 2.6.20.</remarks>
public static class LinuxHardirq
{
    /// <summary><c>in_irq()</c>: an interrupt handler runs.</summary>
    [TrueInAtomicContext]
    public static bool InIrq() => PreemptCounts.InIrq(Cpu("in_irq"));

    /// <summary><c>in_softirq()</c>: a softirq runs, or bottom halves are off.</summary>
    public static bool InSoftirq() => PreemptCounts.InSoftirq(Cpu("in_softirq"));

    /// <summary><c>in_interrupt()</c>: an interrupt handler or a softirq runs, or bottom halves are off.</summary>
    public static bool InInterrupt() => PreemptCounts.InInterrupt(Cpu("in_interrupt"));

    /// <summary><c>in_atomic()</c>: true when sleeping is forbidden.</summary>
    [TrueInAtomicContext]
    public static bool InAtomic() => Cpu("in_atomic").PreemptCount != 0;

    /// <summary><c>synchronize_irq(irq)</c>: waits until no handler of the line runs on any processor. Holding what a handler waits for deadlocks.</summary>
    /// <param name="irq">The line.</param>
    /// <exception cref="Primitives.KernelOopsException">Called from a handler of the line: it would wait for itself.</exception>
    public static void SynchronizeIrq(uint irq)
    {
        Kernel kernel = Kernel.Here("synchronize_irq");
        kernel.Scheduler.Point("synchronize_irq", kernel.Irqs.Find(irq));
        kernel.Irqs.Synchronize(irq, "synchronize_irq");
    }

    private static Cpu Cpu(string function) => Kernel.Current(function).Machine.CurrentCpu;
}
