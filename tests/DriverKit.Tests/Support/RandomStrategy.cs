namespace DriverKit.Tests.Support;

/// <summary>Who runs next is drawn from a seed at every preemption point; nothing fails.</summary>
internal sealed class RandomStrategy(int seed) : SchedulingStrategy
{
    private readonly Random _random = new(seed);

    public override int Choose(in SchedulingPoint point) => point.Reason == SchedulingReason.Fault ? 0 : _random.Next(point.Choices.Length);
}
