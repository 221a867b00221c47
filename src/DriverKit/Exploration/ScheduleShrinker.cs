using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Looks for the simplest schedule that fails in the same way: leaves deviations out as long as it still fails, and tries small schedules in turn.</summary>
/// <remarks>Source: A. Zeller, R. Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 28(2), 2002.</remarks>
internal sealed class ScheduleShrinker(ScheduleRunner runner, ScheduleRun failed)
{
    private const int MaxRuns = 2000;

    /// <summary>Steps of all runs together: a livelock has many in each.</summary>
    private const long MaxSteps = 3_000_000;
    private const int MaxSystematicRuns = 1000;
    private const int MaxPairs = 12;

    private readonly ScheduleFailure _failure = failed.Failure!;
    private readonly int _firstRun = runner.Runs;
    private long _steps;
    private ScheduleRun _best = failed;

    public ScheduleRun Shrink()
    {
        LeaveOut();
        TrySmallSchedules();
        LeaveOut();
        return _best;
    }

    /// <summary>Chunks, halved until they are single deviations, and then pairs: one may only make up for another.</summary>
    private void LeaveOut()
    {
        for (int chunk = _best.Deviations.Count; chunk >= 1; chunk /= 2)
        {
            for (int start = 0; start < _best.Deviations.Count;)
            {
                if (!Try([.. _best.Deviations.Take(start), .. _best.Deviations.Skip(start + chunk)]))
                    start += chunk;
            }
        }

        bool again = _best.Deviations.Count is > 1 and <= MaxPairs;
        while (again)
        {
            again = false;
            for (int i = 0; i < _best.Deviations.Count && !again; i++)
            {
                again = Try([.. _best.Deviations.Where((_, index) => index != i)]);
                for (int j = i + 1; j < _best.Deviations.Count && !again; j++)
                    again = Try([.. _best.Deviations.Where((_, index) => index != i && index != j)]);
            }
        }
    }

    /// <summary>Schedules with as few preemptions or fewer, as far as there is time for them.</summary>
    private void TrySmallSchedules()
    {
        foreach (SchedulingStrategy strategy in ScheduleSearch.Exhaustive(_best.Preemptions).Strategies().Take(MaxSystematicRuns))
        {
            if (_steps > MaxSteps)
                return;
            Accepts(runner.Run(strategy));
        }
    }

    private bool Try(IReadOnlyList<Deviation> deviations) => runner.Runs - _firstRun < MaxRuns && _steps <= MaxSteps && Accepts(runner.Replay(deviations));

    private bool Accepts(ScheduleRun run)
    {
        _steps += run.Steps;
        if (!_failure.IsLike(run.Failure) || !run.IsSimplerThan(_best))
            return false;
        _best = run;
        return true;
    }
}
