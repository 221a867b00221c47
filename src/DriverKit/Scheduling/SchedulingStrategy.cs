namespace DriverKit.Scheduling;

/// <summary>Decides who runs next, wherever the machine has a choice. One object serves one machine; the same answers give the same run.</summary>
public abstract class SchedulingStrategy
{
    /// <summary>How many preemption points a task passes before the strategy is asked again; 0: it is asked at every one.</summary>
    public virtual uint Quantum => 0;

    /// <summary>True to be offered <see cref="ChoiceKind.Time"/> as well: that time passes until the next timer, at any preemption point.</summary>
    public virtual bool ExploresTime => false;

    /// <summary>Chooses. It is asked only where there are at least two choices.</summary>
    /// <returns>An index into <see cref="SchedulingPoint.Choices"/>. Choice 0 is to go on, where that is possible.</returns>
    public abstract int Choose(in SchedulingPoint point);
}

/// <summary>Why the kernel asks who runs next.</summary>
public enum SchedulingReason
{
    /// <summary>A preemption point: the task could go on.</summary>
    Point,

    /// <summary>The task waits for another processor and has nothing better to do (<c>cpu_relax()</c>, a spinlock that is held).</summary>
    Relax,

    /// <summary>The task gives the processor up of its own will (<c>yield()</c>, <c>sched_yield()</c>).</summary>
    Yield,

    /// <summary>The task sleeps or has ended, or nothing runs.</summary>
    Block,

    /// <summary>An operation could fail; it asks whether it does.</summary>
    Fault,
}

/// <summary>What can happen next.</summary>
public enum ChoiceKind
{
    /// <summary>The task that runs goes on; for <see cref="SchedulingReason.Fault"/>: the operation works.</summary>
    Continue,

    /// <summary>Another task runs, on its processor.</summary>
    Run,

    /// <summary>An interrupt comes.</summary>
    Interrupt,

    /// <summary>Time passes until the next timer.</summary>
    Time,

    /// <summary>The operation fails.</summary>
    Fail,
}

/// <summary>One of the things that can happen next.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cpu">The processor it happens on.</param>
/// <param name="Task">Who runs then; for an interrupt, who is interrupted.</param>
/// <param name="Line">The interrupt.</param>
/// <param name="IsPreemption">The task that runs could have gone on, and loses its processor or its turn.</param>
/// <param name="IsInjected">No device has raised the interrupt: the strategy may, because the test has asked for it.</param>
public readonly record struct SchedulingChoice(ChoiceKind Kind, int Cpu, TaskStruct Task, int Line = -1, bool IsPreemption = false, bool IsInjected = false);

/// <summary>A question to the strategy.</summary>
public readonly ref struct SchedulingPoint
{
    /// <summary>What can happen next, always in the same order.</summary>
    public required ReadOnlySpan<SchedulingChoice> Choices { get; init; }

    /// <summary>Why the kernel asks.</summary>
    public required SchedulingReason Reason { get; init; }

    /// <summary>The task that ran until now.</summary>
    public required TaskStruct Current { get; init; }

    /// <summary>Nanoseconds since boot.</summary>
    public required ulong Now { get; init; }
}

/// <summary>Everybody in turn: a task runs until it sleeps or its slice is over. The default.</summary>
/// <remarks>A slice is a thousand preemption points or a few more, a millisecond of virtual time.</remarks>
public sealed class RoundRobin : SchedulingStrategy
{
    /// <inheritdoc/>
    public override uint Quantum => 1000;

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        if (point.Reason == SchedulingReason.Fault)
            return 0;
        int best = 0;
        for (int i = 0; i < point.Choices.Length; i++)
        {
            if (point.Choices[i] is { Kind: ChoiceKind.Interrupt, IsInjected: false })
                return i;
            if (point.Choices[i].Kind == ChoiceKind.Run && (point.Choices[best].Kind != ChoiceKind.Run || point.Choices[i].Task.StoppedAt < point.Choices[best].Task.StoppedAt))
                best = i;
        }

        return best;
    }
}
