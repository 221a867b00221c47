using System.Numerics;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Runs a scenario under many schedules, each on a machine of its own, and shows the shortest one that fails.</summary>
/// <remarks>A scenario gets a machine that has just booted. It loads drivers and spawns programs and kernel threads; what it has not run itself by
/// <see cref="Kernel.Run"/> is run after it. It must make everything it uses anew: what survives from one schedule to the next makes it
/// nondeterministic, which is reported as such. Everything happens on the calling thread and is the same in every run. docs/schedules.md shows how.</remarks>
public static class ScheduleExplorer
{
    /// <summary>Explores, and stops at the first schedule that fails.</summary>
    /// <param name="scenario">What to try. It fails by throwing, and by whatever <see cref="ScheduleFailureKind"/> lists.</param>
    /// <param name="options">How; null: a thousand schedules of <see cref="ScheduleSearch.Pct"/> on a small machine with two processors.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ScheduleReport Explore(Action<Kernel> scenario, ExploreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= new();
        options.Validate();
        var runner = new ScheduleRunner(scenario, options);
        string search = options.Search.Name;
        int schedules = 0;
        foreach (SchedulingStrategy strategy in options.Search.Strategies())
        {
            if (schedules == options.Schedules)
                return new(search, schedules, isComplete: false);
            schedules++;
            var log = new StepLog();

            // The exhaustive search sees by itself when a run leaves the way of an earlier one.
            bool runsTwice = schedules == 1 || (strategy is not ExhaustiveStrategy && BitOperations.IsPow2(schedules));
            ScheduleRun run = runsTwice ? runner.Run(strategy, log) : runner.Run(strategy);
            if (runsTwice && Difference(runner, run, log) is { } difference)
                return Nondeterministic(search, schedules, run, difference);
            if (strategy is ExhaustiveStrategy { HasDiverged: true })
                return Nondeterministic(search, schedules, run, "a run did not come to the choices that an earlier one had come to on the same way");
            if (run.Failure is not null)
                return Explain(runner, run, search, schedules);
        }

        return new(search, schedules, isComplete: true);
    }

    /// <summary>Explores, and throws the report if a schedule fails: a test in one line.</summary>
    /// <param name="scenario">What to try.</param>
    /// <param name="options">How; null: as <see cref="Explore"/> does.</param>
    /// <exception cref="ScheduleFailedException">A schedule has failed; the message is the report.</exception>
    public static void Check(Action<Kernel> scenario, ExploreOptions? options = null) => Explore(scenario, options).ThrowIfFailed();

    /// <summary>Runs one schedule again on the calling thread, and lets out what it throws, so that a debugger stops where it happens. Returns when nothing fails any more.</summary>
    /// <param name="token">From the report.</param>
    /// <param name="scenario">The scenario it is a schedule of.</param>
    /// <param name="options">Those it was found with. Null: the token's machine, and defaults for what no token holds.</param>
    /// <exception cref="FormatException">The token is damaged, or none.</exception>
    /// <exception cref="ArgumentException">The options describe another machine than the token's.</exception>
    public static void Replay(string token, Action<Kernel> scenario, ExploreOptions? options = null) => Replay(RecordedSchedule.Parse(token), scenario, options);

    /// <summary>Runs one schedule again on the calling thread, and lets out what it throws.</summary>
    /// <param name="schedule">From the report.</param>
    /// <param name="scenario">The scenario it is a schedule of.</param>
    /// <param name="options">Those it was found with. Null: the schedule's machine, and defaults for what no schedule holds.</param>
    /// <exception cref="ArgumentException">The options describe another machine than the schedule's, or the schedule asks for a machine that cannot be.</exception>
    public static void Replay(RecordedSchedule schedule, Action<Kernel> scenario, ExploreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(scenario);
        ScheduleSetting setting = schedule.Setting;
        options?.Validate();
        if (options is not null && !setting.ToNumbers().SequenceEqual(ScheduleSetting.Of(options).ToNumbers()))
            throw new ArgumentException($"The schedule was made with {setting.Describe()}; the options say {ScheduleSetting.Of(options).Describe()}. Give the options it was made with, or none.", nameof(options));
        new ScheduleRunner(scenario, setting.ToOptions(options ?? new())).RunOpenly(new ReplayStrategy(schedule));
    }

    /// <summary>Runs a schedule once more: what differs, if anything does.</summary>
    private static string? Difference(ScheduleRunner runner, ScheduleRun run, StepLog log)
    {
        var again = new StepLog();
        ScheduleRun second = runner.Replay(run.Deviations, again);
        if (StepLog.Difference(log, again) is { } difference)
            return difference;
        if (run.Failure is null != second.Failure is null)
            return $"one run failed and the other did not: {(run.Failure ?? second.Failure)!.Message}";
        return run.TraceHash == second.TraceHash ? null : "the steps were the same, but not the results of system calls on the way";
    }

    private static ScheduleReport Explain(ScheduleRunner runner, ScheduleRun run, string search, int schedules)
    {
        ScheduleRun again = runner.Replay(run.Deviations);
        if (!run.Failure!.IsLike(again.Failure) || again.TraceHash != run.TraceHash)
            return Nondeterministic(search, schedules, run, $"the schedule that failed {(again.Failure is null ? "did not fail" : "failed in another way")} when it was run again. It had failed by:\n{run.Failure.Message}");
        ScheduleRun shortest = new ScheduleShrinker(runner, again).Shrink();
        var table = new ScheduleTable();
        ScheduleRun last = runner.Replay(shortest.Deviations, table);
        if (!shortest.Failure!.IsLike(last.Failure))
            return Nondeterministic(search, schedules, run, "the shortest schedule that failed did not fail when it was run again");
        return new(search, schedules, isComplete: false, last.Failure, last, new RecordedSchedule(ScheduleSetting.Of(runner.Options), last.Deviations), table.ToString());
    }

    private static ScheduleReport Nondeterministic(string search, int schedules, ScheduleRun run, string difference)
    {
        string message = $"The same choices did not give the same run: {difference}.\n"
            + "Look for what lives on from one run to the next or comes from outside of the machine: fields and variables outside of the scenario, statics, threads, the host's clock, random numbers, hash codes.";
        return new(search, schedules, isComplete: false, new(ScheduleFailureKind.Nondeterminism, run.Failure?.Exception ?? new InvalidOperationException(message), message));
    }
}
