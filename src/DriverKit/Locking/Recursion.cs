using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary>A processor that would spin for ever for a lock it holds itself.</summary>
internal static class Recursion
{
    /// <summary>An interrupt wants what the code holds that it has interrupted; or one piece of code takes a lock twice.</summary>
    /// <param name="ownerDepth">How many interrupts were under way when the lock was taken.</param>
    /// <param name="scheduler">Where it is asked for again.</param>
    public static KernelRule RuleOf(int ownerDepth, Scheduler scheduler) =>
        scheduler.Cpu.InterruptDepth > ownerDepth ? KernelRule.LockUnsafeAgainstInterrupt : KernelRule.DoubleLock;
}
