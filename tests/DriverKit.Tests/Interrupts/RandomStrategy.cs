namespace DriverKit.Tests.Interrupts;

/// <summary>Any choice, by a seed.</summary>
internal sealed class RandomStrategy(int seed) : SchedulingStrategy
{
    private readonly Random _random = new(seed);

    public override int Choose(in SchedulingPoint point) => point.Reason == SchedulingReason.Fault ? 0 : _random.Next(point.Choices.Length);
}
