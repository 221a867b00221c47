using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Asks another strategy, and writes down where it differs from everybody in turn.</summary>
internal sealed class ScheduleRecorder(SchedulingStrategy inner, bool exploresTime) : SchedulingStrategy
{
    private readonly BasePolicy _base = new();
    private Ordinals _ordinals = new();

    public override bool ExploresTime => exploresTime;

    public List<Deviation> Deviations { get; } = [];

    /// <summary>Tasks that lost their turn at a preemption point, injected interrupts, early timers and failures.</summary>
    public int Preemptions { get; private set; }

    public override int Choose(in SchedulingPoint point)
    {
        int usual = _base.Choose(point), index = inner.Choose(point), ordinal = _ordinals.Next(point.Current);
        if ((uint)index >= (uint)point.Choices.Length)
            return index;
        ref readonly SchedulingChoice choice = ref point.Choices[index];
        if (index != usual)
            Deviations.Add(new(point.Current.Pid, ordinal, choice.Kind, Deviation.TargetOf(choice)));
        if (choice.Kind is ChoiceKind.Fail or ChoiceKind.Time || choice.IsInjected || (choice is { Kind: ChoiceKind.Run, IsPreemption: true } && point.Reason == SchedulingReason.Point))
            Preemptions++;
        _base.Took(point, index);
        return index;
    }
}
