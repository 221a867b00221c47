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
    /// <exception cref="KernelOopsException">A kmap_atomic slot is held (DK1002), or preemption or interrupts are off (DK1001, DK1005).</exception>
    public static void MightSleep(Machine machine, string function) => Check(machine, function, null);

    /// <summary>The same for an allocation.</summary>
    /// <exception cref="KernelOopsException">The context is atomic (DK1003, DK1005).</exception>
    internal static void MightSleepToAllocate(Machine machine, string function) => Check(machine, function, KernelRule.SleepingAllocationInAtomicContext);

    /// <summary>The same for an access to user memory.</summary>
    /// <exception cref="KernelOopsException">The context is atomic (DK1004, DK1005).</exception>
    internal static void MightSleepToFault(Machine machine, string function) => Check(machine, function, KernelRule.UserAccessInAtomicContext);

    /// <summary>The same for the kernel when it goes on after a driver's callback, which must have let go of what it took.</summary>
    /// <exception cref="KernelOopsException">The context is atomic (DK3003, DK1006).</exception>
    internal static void MightSleepAfterCallback(Machine machine, string function) =>
        Check(machine, function, RuleOfRest(machine.CurrentCpu.AtomicKmaps, locks: 0));

    /// <summary>The rule that a function breaks which sleeps here: in a handler that holds nothing itself it is the handler; otherwise what was taken last counts.</summary>
    internal static KernelRule RuleAt(Cpu cpu) =>
        cpu.InterruptDepth > 0 && cpu.PreemptCount == cpu.InterruptBase ? KernelRule.SleepInInterruptHandler
        : cpu.AtomicKmaps > 0 && cpu.PreemptCount <= cpu.AtomicKmapLevel ? KernelRule.SleepWhileHoldingKmapAtomic
        : KernelRule.SleepInAtomicContext;

    /// <summary>The rule that code breaks which ends with more held than it began with.</summary>
    /// <param name="slots">How many kmap_atomic slots more.</param>
    /// <param name="locks">How many spinlocks and rwlocks more.</param>
    internal static KernelRule RuleOfRest(int slots, int locks) =>
        slots > 0 ? KernelRule.KmapNotReleased : locks > 0 ? KernelRule.LockNotReleasedOnPath : KernelRule.AtomicDepthImbalance;

    private static void Check(Machine machine, string function, KernelRule? ofFunction)
    {
        Cpu cpu = machine.CurrentCpu;
        if (cpu is not { PreemptCount: 0, InterruptsEnabled: true })
            Throw(cpu, function, ofFunction);
    }

    private static void Throw(Cpu cpu, string function, KernelRule? ofFunction)
    {
        KernelRule rule = RuleAt(cpu);
        if (rule != KernelRule.SleepInInterruptHandler)
            rule = ofFunction ?? rule;
        string state = $"in_atomic():{(cpu.PreemptCount == 0 ? 0 : 1)}, irqs_disabled():{(cpu.InterruptsEnabled ? 0 : 1)}, preempt_count:{cpu.PreemptCount}, CPU#{cpu.Id}";
        string slots = cpu.AtomicKmaps > 0 ? $" while {cpu.AtomicKmaps} kmap_atomic slot(s) held" : "";
        string advice = cpu.AtomicKmaps > 0 ? "\nCall kunmap_atomic() first, or map with kmap(), which may sleep" : "";
        throw new KernelOopsException($"BUG: sleeping function called from invalid context: {function}(){slots}\n{state}{advice}", rule) { PreemptCount = cpu.PreemptCount };
    }
}
