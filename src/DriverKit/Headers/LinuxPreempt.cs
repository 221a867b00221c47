using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Locking;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/preempt.h</c>: atomic context. Every context.</summary>
/// <remarks>Source: include/linux/preempt.h of Linux 2.6.20.</remarks>
public static class LinuxPreempt
{
    /// <summary><c>preempt_disable()</c>: until <see cref="PreemptEnable"/> nothing may sleep.</summary>
    [Acquires(KernelResource.PreemptCount)]
    public static void PreemptDisable() => Preemption.Disable(Cpu("preempt_disable"));

    /// <summary><c>preempt_enable()</c>.</summary>
    /// <exception cref="KernelOopsException">Preemption is on already, or the count left is that of kmap_atomic slots.</exception>
    [Releases(KernelResource.PreemptCount)]
    public static void PreemptEnable() => Preemption.Enable(Cpu("preempt_enable"), "preempt_enable");

    /// <summary><c>preempt_count()</c>.</summary>
    public static int PreemptCount() => Cpu("preempt_count").PreemptCount;

    /// <summary><c>smp_processor_id()</c>.</summary>
    public static int SmpProcessorId() => Cpu("smp_processor_id").Id;

    private static Cpu Cpu(string function) => Kernel.Current(function).Machine.CurrentCpu;
}
