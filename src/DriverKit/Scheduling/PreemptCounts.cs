using DriverKit.Hardware;

namespace DriverKit.Scheduling;

/// <summary>The layout of <c>preempt_count</c>, and entering and leaving interrupts.</summary>
/// <remarks>
/// <code>
///   31    28 27        16 15       8 7        0
///  | ACTIVE |  HARDIRQ   | SOFTIRQ  | PREEMPT  |
/// </code>
/// Source: include/linux/hardirq.h, kernel/softirq.c of Linux 2.6.20.
/// </remarks>
internal static class PreemptCounts
{
    public const int PreemptOffset = 1;
    public const int SoftirqOffset = 1 << 8;
    public const int HardirqOffset = 1 << 16;
    public const int PreemptMask = 0xff;
    public const int SoftirqMask = 0xff00;
    public const int HardirqMask = 0xfff0000;

    /// <summary><c>in_irq()</c>.</summary>
    public static bool InIrq(Cpu cpu) => (cpu.PreemptCount & HardirqMask) != 0;

    /// <summary><c>in_softirq()</c>: a softirq runs, or bottom halves are off.</summary>
    public static bool InSoftirq(Cpu cpu) => (cpu.PreemptCount & SoftirqMask) != 0;

    /// <summary><c>in_interrupt()</c>.</summary>
    public static bool InInterrupt(Cpu cpu) => (cpu.PreemptCount & (HardirqMask | SoftirqMask)) != 0;
}
