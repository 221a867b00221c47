using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Everybody in turn, but for a few random steps at which what would come next is delayed and something else comes: another task, an interrupt, a timer, a failure.</summary>
/// <remarks>Source: M. Emmi, S. Qadeer, Z. Rakamarić, "Delay-bounded scheduling", POPL 2011.</remarks>
public sealed class DelayBoundedStrategy : SchedulingStrategy
{
    private readonly SeededRandom _random;
    private readonly BasePolicy _base = new();
    private readonly int[] _delays;

    /// <summary>A strategy for one schedule.</summary>
    /// <param name="seed">The same seed gives the same choices.</param>
    /// <param name="delays">How many delays, at least 0.</param>
    /// <param name="expectedSteps">How many choices a schedule has, about; at least 1.</param>
    public DelayBoundedStrategy(ulong seed, int delays, int expectedSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delays);
        ArgumentOutOfRangeException.ThrowIfLessThan(expectedSteps, 1);
        _random = new(seed);
        _delays = new int[delays];
        for (int i = 0; i < delays; i++)
            _delays[i] = 1 + (int)_random.Next((ulong)expectedSteps);
    }

    /// <summary>Choices made so far.</summary>
    internal int Steps { get; private set; }

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        Steps++;
        int index = _base.Choose(point);
        if (_delays.AsSpan().Contains(Steps))
            index = (index + 1 + (int)_random.Next((ulong)(point.Choices.Length - 1))) % point.Choices.Length;
        _base.Took(point, index);
        return index;
    }
}
