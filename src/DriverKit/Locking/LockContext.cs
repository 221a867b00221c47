using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary>What stays off the processor while it holds a lock to spin on, besides other tasks.</summary>
internal enum LockContext
{
    /// <summary><c>spin_lock()</c>: nothing.</summary>
    Plain,

    /// <summary><c>spin_lock_bh()</c>: softirqs.</summary>
    Bh,

    /// <summary><c>spin_lock_irq()</c>: interrupts; on again afterwards, whatever they were before.</summary>
    Irq,
}

/// <summary>Into the context and out of it, in the order of kernel/spinlock.c.</summary>
internal static class LockContexts
{
    public static void Enter(this LockContext context, Scheduler scheduler)
    {
        if (context == LockContext.Bh)
            BottomHalves.Disable(scheduler);
        else if (context == LockContext.Irq)
            LocalInterrupts.Disable(scheduler);
        Preemption.Disable(scheduler.Cpu);
    }

    public static void Leave(this LockContext context, Scheduler scheduler, string function)
    {
        if (context == LockContext.Irq)
            LocalInterrupts.Enable(scheduler);
        Preemption.Enable(scheduler.Cpu, function);
        if (context == LockContext.Bh)
            BottomHalves.Enable(scheduler, function);
    }

    /// <summary>The form that remembers whether interrupts were on.</summary>
    public static IrqFlags EnterIrqsave(Scheduler scheduler)
    {
        IrqFlags flags = LocalInterrupts.Save(scheduler);
        Preemption.Disable(scheduler.Cpu);
        return flags;
    }

    public static void LeaveIrqrestore(Scheduler scheduler, IrqFlags flags, string function)
    {
        LocalInterrupts.Restore(scheduler, flags, function);
        Preemption.Enable(scheduler.Cpu, function);
    }
}
