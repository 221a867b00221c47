using System.Numerics;

namespace DriverKit.Tests.Exploration;

/// <summary>The systematic search sees every schedule once, and with reduction every outcome.</summary>
public sealed class ExhaustiveTests
{
    private static readonly ExploreOptions Endless = new() { Schedules = int.MaxValue };

    /// <summary>m tasks of n + 1 steps each: (m(n + 1))! / (n + 1)!^m orders.</summary>
    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 1, 3)]
    [InlineData(2, 5, 2)]
    [InlineData(4, 0, 2)]
    public void Without_a_bound_every_order_is_run_once(int tasks, int steps, int cpus)
    {
        var orders = new List<string>();
        ScheduleReport report = Explore(Scenarios.Steps(tasks, steps, orders.Add), ScheduleSearch.Exhaustive(int.MaxValue, partialOrderReduction: false), cpus);
        BigInteger expected = Factorial(tasks * (steps + 1)) / BigInteger.Pow(Factorial(steps + 1), tasks);
        Assert.Equal((expected, true), (report.Schedules, report.IsComplete));

        // The first schedule is run twice.
        Assert.Equal(expected, orders.Count - 1);
        Assert.Equal(expected, orders.Distinct().Count());
    }

    /// <summary>Two tasks of s steps and c preemptions: choose where each preemption is.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_bound_is_the_number_of_preemptions_at_most(int bound)
    {
        var orders = new HashSet<string>();
        ScheduleReport report = Explore(Scenarios.Steps(2, 4, order => orders.Add(order)), ScheduleSearch.Exhaustive(bound), 1);
        string[] all = [.. Orders("", 5, 5)];
        Assert.Equal(all.Where(order => Preemptions(order) <= bound).Order(), orders.Order());
        Assert.Equal((orders.Count, true), (report.Schedules, report.IsComplete));
    }

    /// <summary>On one processor, a task in a spinlock keeps another from running that has nothing to do with the lock.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void Reduction_sees_every_outcome_in_fewer_schedules(int cpus, bool locks)
    {
        (HashSet<string> all, int schedules) = Outcomes(reduces: false);
        (HashSet<string> some, int fewer) = Outcomes(reduces: true);
        Assert.Equal(all.Order(), some.Order());
        Assert.InRange(all.Count, 2, 100);
        Assert.InRange(fewer, 2, schedules / 2);

        (HashSet<string>, int) Outcomes(bool reduces)
        {
            var outcomes = new HashSet<string>();
            ScheduleReport report = Explore(kernel => Queues(kernel, locks, outcomes), ScheduleSearch.Exhaustive(int.MaxValue, reduces), cpus);
            Assert.True(report.IsComplete);
            return (outcomes, report.Schedules);
        }
    }

    /// <summary>Each looks at queues: its own, and one that all share; what it saw there is the outcome.</summary>
    private static void Queues(Kernel kernel, bool locks, HashSet<string> outcomes)
    {
        var shared = new WaitQueueHead("shared");
        string seen = "";
        int left = 2;
        for (int i = 0; i < 2; i++)
        {
            char me = (char)('a' + i);
            var mine = new WaitQueueHead();
            var @lock = new Spinlock();
            kernel.SpawnKernelThread(me.ToString(), () =>
            {
                WaitqueueActive(mine);
                if (locks && me == 'a')
                    SpinLock(@lock);
                WaitqueueActive(shared);
                seen += me;
                if (locks && me == 'a')
                    SpinUnlock(@lock);
                WaitqueueActive(mine);
                WaitqueueActive(shared);
                seen += me;
                WaitqueueActive(mine);
                if (--left == 0)
                    outcomes.Add(seen);
            });
        }
    }

    private static ScheduleReport Explore(Action<Kernel> scenario, ScheduleSearch search, int cpus) =>
        ScheduleExplorer.Explore(scenario, Endless with { Search = search, Machine = new() { MemorySize = 16.MiB(), Cpus = cpus } });

    private static BigInteger Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private static IEnumerable<string> Orders(string start, int a, int b) => a + b == 0 ? [start]
        : (a == 0 ? [] : Orders(start + "a", a - 1, b)).Concat(b == 0 ? [] : Orders(start + "b", a, b - 1));

    /// <summary>A task is preempted where the other follows it though it has more to do.</summary>
    private static int Preemptions(string order) =>
        Enumerable.Range(1, order.Length - 1).Count(i => order[i] != order[i - 1] && order.IndexOf(order[i - 1], i) >= 0);
}
