using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>What the strategies share.</summary>
internal static class SearchMath
{
    /// <summary>One time in eight.</summary>
    public static bool IsRare(this SeededRandom random) => random.Next(8) == 0;

    /// <summary>The seed of one schedule of a search.</summary>
    public static ulong Seed(ulong seed, int schedule) => unchecked(new SeededRandom(seed).Next() + (ulong)schedule * 0x9E3779B97F4A7C15);

    /// <summary>The task has said that it can only wait for others, and there are some: letting it go on would be no progress.</summary>
    /// <param name="point">The question.</param>
    /// <param name="count">How many of the choices count.</param>
    public static bool IsWaiting(in SchedulingPoint point, int count) =>
        point.Reason is SchedulingReason.Yield or SchedulingReason.Relax && count > 1 && point.Choices[0].Kind == ChoiceKind.Continue;
}
