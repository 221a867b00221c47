using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>At every preemption point anything that can happen next is as likely as any other; time jumps and operations fail once in eight times they could.</summary>
/// <param name="seed">The same seed gives the same choices.</param>
public sealed class RandomStrategy(ulong seed) : SchedulingStrategy
{
    private readonly SeededRandom _random = new(seed);

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        int count = point.Choices.Length;
        if (point.Reason == SchedulingReason.Fault)
            return _random.IsRare() ? 1 : 0;
        if (point.Choices[^1].Kind == ChoiceKind.Time && !_random.IsRare())
            count--;
        int first = SearchMath.IsWaiting(point, count) ? 1 : 0;
        return first + (int)_random.Next((ulong)(count - first));
    }
}
