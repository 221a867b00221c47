namespace DriverKit.Contracts;

/// <summary>Where the kernel calls a function from, for <see cref="CalledInAttribute"/>.</summary>
public enum CallContext
{
    /// <summary>On behalf of a task, nothing held that forbids sleeping: <c>in_interrupt()</c> and <c>in_atomic()</c> are false.</summary>
    Process,

    /// <summary>In a softirq, as timers and tasklets are: <c>in_softirq()</c>; it must not sleep.</summary>
    Softirq,

    /// <summary>In an interrupt handler: <c>in_irq()</c>; it must not sleep.</summary>
    Hardirq,
}
