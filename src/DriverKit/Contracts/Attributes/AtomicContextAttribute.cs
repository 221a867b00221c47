namespace DriverKit.Contracts;

/// <summary>It must not sleep: it may be called with preemption or interrupts off, or, as the condition of <c>wait_event</c>, by a task that is about to sleep already
/// (klint's <c>#[klint::preempt_count]</c>, <c>cant_sleep()</c>).</summary>
/// <remarks>On a method or a delegate type: all its bodies. On a parameter, a property or a field of a delegate type: what is stored there. The body must not sleep
/// (DK1008 on a method, DK1005 in such a place), and a method that says it may sleep does not fit there (DK1007, DK1008).</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AtomicContextAttribute : Attribute;
