using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/preempt.h</c>: atomic context. Every context.</summary>
/// <remarks>Source: include/linux/preempt.h of Linux 2.6.20.</remarks>
public static class LinuxPreempt
{
    /// <summary><c>preempt_disable()</c>: until <see cref="PreemptEnable"/> nothing may sleep.</summary>
    [Acquires(KernelResource.PreemptCount)]
    public static void PreemptDisable() => Cpu("preempt_disable").PreemptCount++;

    /// <summary><c>preempt_enable()</c>.</summary>
    /// <exception cref="KernelOopsException">Preemption is on already, or the count left is that of kmap_atomic slots.</exception>
    [Releases(KernelResource.PreemptCount)]
    public static void PreemptEnable()
    {
        Cpu cpu = Cpu("preempt_enable");
        if (cpu.PreemptCount <= cpu.AtomicKmaps)
            throw new KernelOopsException($"kernel BUG in preempt_enable: preempt_count is {cpu.PreemptCount}, of which kmap_atomic holds {cpu.AtomicKmaps}; one preempt_enable() for each preempt_disable()");
        cpu.PreemptCount--;
    }

    /// <summary><c>preempt_count()</c>.</summary>
    public static int PreemptCount() => Cpu("preempt_count").PreemptCount;

    /// <summary><c>smp_processor_id()</c>.</summary>
    public static int SmpProcessorId() => Cpu("smp_processor_id").Id;

    private static Cpu Cpu(string function) => Kernel.Current(function).Machine.CurrentCpu;
}
