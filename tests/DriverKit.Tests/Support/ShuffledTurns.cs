namespace DriverKit.Tests.Support;

/// <summary>Somebody else at every preemption point, drawn from a seed; nothing fails on its word.</summary>
internal sealed class ShuffledTurns(ulong seed) : SchedulingStrategy
{
    private readonly SeededRandom _random = new(seed);

    public override int Choose(in SchedulingPoint point) => point.Reason == SchedulingReason.Fault ? 0 : (int)_random.Next((ulong)point.Choices.Length);
}
