using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Which schedules to try, one strategy for each. Give one to <see cref="ExploreOptions.Search"/>; it keeps no state, so one object serves any number of tests.</summary>
public abstract class ScheduleSearch
{
    /// <summary>What is assumed of the length of a schedule before one has been seen.</summary>
    private const int FirstGuess = 50;

    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>One schedule: everybody in turn.</summary>
    public static ScheduleSearch RoundRobin() => new Search("round robin", () => [new ReplayStrategy([])]);

    /// <summary>Random choices at every preemption point.</summary>
    /// <param name="seed">The same seed gives the same schedules.</param>
    public static ScheduleSearch Random(ulong seed = 0) =>
        new Search($"random (seed {seed})", () => Enumerable.Range(0, int.MaxValue).Select(i => new RandomStrategy(SearchMath.Seed(seed, i))));

    /// <summary>Random priorities and <paramref name="depth"/> - 1 changes of them (<see cref="PctStrategy"/>).</summary>
    /// <param name="seed">The same seed gives the same schedules.</param>
    /// <param name="depth">How many ordered events the bug needs, at least 1.</param>
    public static ScheduleSearch Pct(ulong seed = 0, int depth = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        return new Search($"PCT (seed {seed}, depth {depth})", () => Sized((i, steps) => new PctStrategy(SearchMath.Seed(seed, i), depth, steps), strategy => strategy.Steps));
    }

    /// <summary>Everybody in turn but for a few delays at random places (<see cref="DelayBoundedStrategy"/>).</summary>
    /// <param name="seed">The same seed gives the same schedules.</param>
    /// <param name="delays">How many delays, at least 0.</param>
    public static ScheduleSearch DelayBounded(ulong seed = 0, int delays = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delays);
        return new Search(
            $"delay-bounded (seed {seed}, {delays} delays)",
            () => Sized((i, steps) => new DelayBoundedStrategy(SearchMath.Seed(seed, i), delays, steps), strategy => strategy.Steps));
    }

    /// <summary>Every schedule with at most so many preemptions, those with fewer first (iterative context bounding).</summary>
    /// <param name="preemptions">The most preemptions, injected interrupts, early timers and failures of operations together; <see cref="int.MaxValue"/>: no bound.</param>
    /// <param name="partialOrderReduction">Leave out schedules that only swap steps on different objects. Null: yes without a bound, no with one,
    /// for with one it may leave out a schedule whose equal needs more preemptions than the bound. docs/schedules.md says what is assumed.</param>
    /// <remarks>Source: M. Musuvathi, S. Qadeer, "Iterative context bounding for systematic testing of multithreaded programs", PLDI 2007;
    /// P. Godefroid, "Partial-order methods for the verification of concurrent systems", LNCS 1032, 1996 (sleep sets).</remarks>
    public static ScheduleSearch Exhaustive(int preemptions = 2, bool? partialOrderReduction = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(preemptions);
        bool isBounded = preemptions != int.MaxValue;
        bool reduces = partialOrderReduction ?? !isBounded;
        string bound = isBounded ? $"at most {preemptions} preemptions" : "no bound";
        return new Search($"exhaustive ({bound}{(reduces ? ", partial-order reduction" : "")})", () => Systematic(new Frontier(preemptions), reduces));
    }

    /// <summary>The strategies, one for each schedule. Each is run before the next is asked for, so a search may learn from it.</summary>
    public abstract IEnumerable<SchedulingStrategy> Strategies();

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;

    /// <summary>Random places need to know how long schedules are: as long as the longest so far.</summary>
    private static IEnumerable<SchedulingStrategy> Sized<T>(Func<int, int, T> make, Func<T, int> stepsOf)
        where T : SchedulingStrategy
    {
        int steps = 0;
        for (int i = 0; ; i++)
        {
            T strategy = make(i, steps == 0 ? FirstGuess : steps);
            yield return strategy;
            steps = Math.Max(steps, stepsOf(strategy));
        }
    }

    private static IEnumerable<SchedulingStrategy> Systematic(Frontier frontier, bool reduces)
    {
        do
            yield return new ExhaustiveStrategy(frontier, reduces);
        while (frontier.TakeNext());
    }

    private sealed class Search(string name, Func<IEnumerable<SchedulingStrategy>> strategies) : ScheduleSearch
    {
        public override string Name => name;

        public override IEnumerable<SchedulingStrategy> Strategies() => strategies();
    }
}
