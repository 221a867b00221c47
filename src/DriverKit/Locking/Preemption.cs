using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Locking;

/// <summary><c>preempt_disable()</c> and <c>preempt_enable()</c>, as locks use them.</summary>
internal static class Preemption
{
    public static void Disable(Cpu cpu) => cpu.PreemptCount++;

    /// <exception cref="KernelOopsException">Preemption is on already, or the count left is that of kmap_atomic slots.</exception>
    public static void Enable(Cpu cpu, string function)
    {
        if (cpu.PreemptCount <= cpu.AtomicKmaps)
        {
            throw new KernelOopsException(
                $"kernel BUG in {function}: preempt_count is {cpu.PreemptCount}, of which kmap_atomic holds {cpu.AtomicKmaps}; one preempt_enable() for each preempt_disable()",
                KernelRule.AtomicDepthImbalance);
        }

        cpu.PreemptCount--;
    }
}
