using System.Collections;

namespace DriverKit.Exploration;

/// <summary>Theory data for a test that is to hold under every strategy, with no need of a test framework here:
/// <c>[Theory, ClassData(typeof(ScheduleTheory))] public void Test(ScheduleSearch search)</c>.</summary>
/// <remarks>For one row a seed: <c>[Theory, MemberData(nameof(ScheduleTheory.Seeds), 20, MemberType = typeof(ScheduleTheory))] public void Test(ulong seed)</c>.</remarks>
public sealed class ScheduleTheory : IEnumerable<object[]>
{
    /// <summary>The seeds 0 to <paramref name="count"/> - 1, a row each.</summary>
    public static IEnumerable<object[]> Seeds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Enumerable.Range(0, count).Select(seed => new object[] { (ulong)seed });
    }

    /// <summary>A search a row: random, PCT, delay-bounded, and exhaustive with at most two preemptions.</summary>
    public IEnumerator<object[]> GetEnumerator()
    {
        yield return [ScheduleSearch.Random()];
        yield return [ScheduleSearch.Pct()];
        yield return [ScheduleSearch.DelayBounded()];
        yield return [ScheduleSearch.Exhaustive()];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
