using System.Text;

namespace DriverKit.Exploration;

/// <summary>What came of exploring a scenario.</summary>
public sealed class ScheduleReport
{
    internal ScheduleReport(string search, int schedules, bool isComplete, ScheduleFailure? failure = null, ScheduleRun? shortest = null, RecordedSchedule? schedule = null, string? table = null)
    {
        Search = search;
        Schedules = schedules;
        IsComplete = isComplete;
        Kind = failure?.Kind;
        Exception = failure?.Exception;
        Failure = failure?.Message;
        Preemptions = shortest?.Preemptions ?? 0;
        Steps = shortest?.Steps ?? 0;
        Schedule = schedule;
        Table = table;
    }

    /// <summary>A schedule has failed.</summary>
    public bool HasFailed => Kind is not null;

    /// <summary>How it has failed; null: it has not.</summary>
    public ScheduleFailureKind? Kind { get; }

    /// <summary>What failed, in words.</summary>
    public string? Failure { get; }

    /// <summary>What was thrown.</summary>
    public Exception? Exception { get; }

    /// <summary>The search that chose the schedules.</summary>
    public string Search { get; }

    /// <summary>Schedules that were run until the failure, or all of them.</summary>
    public int Schedules { get; }

    /// <summary>There are no others: the search has tried every schedule it is to try.</summary>
    public bool IsComplete { get; }

    /// <summary>The shortest schedule found that fails so.</summary>
    public RecordedSchedule? Schedule { get; }

    /// <summary>Its token.</summary>
    public string? Token => Schedule?.Token;

    /// <summary>Its preemptions, injected interrupts, early timers and failures of operations.</summary>
    public int Preemptions { get; }

    /// <summary>Its preemption points.</summary>
    public int Steps { get; }

    /// <summary>It step by step, a column for each task.</summary>
    public string? Table { get; }

    /// <summary>Throws what <see cref="ToString"/> says if a schedule has failed.</summary>
    /// <exception cref="ScheduleFailedException">A schedule has failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed)
            throw new ScheduleFailedException(this);
    }

    /// <summary>What failed, the schedule as a table, and how to run it again.</summary>
    public override string ToString()
    {
        if (!HasFailed)
            return $"{Schedules} schedules, {Search}: none failed{(IsComplete ? ", and there are no others" : "")}.";
        var text = new StringBuilder($"{Words(Kind!.Value)} in schedule {Schedules} of {Search}:\n{Failure}\n");
        if (Schedule is null)
            return text.ToString();
        text.Append($"\nThe shortest schedule that fails so has {Count(Preemptions, "preemption")}, {Count(Schedule.Length, "deviation")} from everybody in turn, and {Count(Steps, "step")}:\n\n");
        text.Append(Table).Append($"\nRun it again, under the debugger: ScheduleExplorer.Replay(\"{Token}\", scenario)\n");
        return text.ToString();
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Words(ScheduleFailureKind kind) => kind switch
    {
        ScheduleFailureKind.LostWakeUp => "Lost wake-up",
        ScheduleFailureKind.HungTask => "Hung task",
        ScheduleFailureKind.Leak => "Memory leak",
        ScheduleFailureKind.Nondeterminism => "A scenario that is not deterministic",
        _ => kind.ToString(),
    };
}
