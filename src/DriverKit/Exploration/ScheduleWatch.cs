using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Follows a run step by step: stops one that gets nowhere, and tells others who look.</summary>
internal sealed class ScheduleWatch(Scheduler scheduler, int maxSteps, IScheduleTracer[] others) : IScheduleTracer
{
    /// <summary><c>sysctl_hung_task_timeout_secs</c>, in nanoseconds.</summary>
    private const ulong HungTaskTimeout = 120_000_000_000;

    private const ulong HungTaskInterval = 1_000_000_000;

    private ulong _nextLook = HungTaskTimeout;

    /// <summary>Preemption points so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Why the run was stopped; null: it was not.</summary>
    public ScheduleFailureKind? Verdict { get; private set; }

    public void Step(TaskStruct task, int cpu, string operation, object? on, ulong now)
    {
        foreach (IScheduleTracer other in others)
            other.Step(task, cpu, operation, on, now);
        if (++Steps > maxSteps)
            Stop(ScheduleFailureKind.Livelock, $"Livelock: after {maxSteps} steps the scenario is not over; {task} is at {operation}().{scheduler.DescribeUnfinished()}");
        if (now >= _nextLook)
            LookForHungTasks(now);
    }

    public void Note(TaskStruct task, int cpu, string what, object? on, ulong now)
    {
        foreach (IScheduleTracer other in others)
            other.Note(task, cpu, what, on, now);
    }

    private void LookForHungTasks(ulong now)
    {
        _nextLook = now + HungTaskInterval;
        foreach (TaskStruct task in scheduler.Live)
        {
            if (task is { State: TaskState.Uninterruptible, IsOnQueue: false, IsServer: false } && now - task.StoppedAt >= HungTaskTimeout)
            {
                string what = task.WaitsFor is { } waits ? $", waiting for {waits.Describe()}" : "";
                string holder = task.WaitsFor?.Owner is { } owner ? $", held by {owner}" : "";
                Stop(ScheduleFailureKind.HungTask, $"INFO: task {task.Comm}:{task.Pid} blocked for more than 120 seconds in {task.Operation}(){what}{holder}.");
                return;
            }
        }
    }

    /// <summary>Once: what unwinds afterwards may pass preemption points too.</summary>
    private void Stop(ScheduleFailureKind kind, string report)
    {
        if (Verdict is not null)
            return;
        Verdict = kind;
        scheduler.Stop(new DeadlockException(report));
    }
}

/// <summary>The steps of a run in words, to compare two runs that should be the same.</summary>
internal sealed class StepLog : IScheduleTracer
{
    private const int MaxLines = 20_000;

    public List<string> Lines { get; } = [];

    public void Step(TaskStruct task, int cpu, string operation, object? on, ulong now) => Add(task, cpu, $"{operation}()");

    public void Note(TaskStruct task, int cpu, string what, object? on, ulong now) => Add(task, cpu, what);

    /// <summary>Where two runs part; null: nowhere.</summary>
    public static string? Difference(StepLog first, StepLog second)
    {
        int count = Math.Min(first.Lines.Count, second.Lines.Count);
        for (int i = 0; i < count; i++)
        {
            if (first.Lines[i] != second.Lines[i])
                return $"at step {i + 1} one run had \"{first.Lines[i]}\" and the other \"{second.Lines[i]}\"";
        }

        return first.Lines.Count == second.Lines.Count ? null
            : $"one run had {first.Lines.Count} steps and the other {second.Lines.Count}; the first that only one had is \"{(first.Lines.Count > count ? first : second).Lines[count]}\"";
    }

    private void Add(TaskStruct task, int cpu, string what)
    {
        if (Lines.Count < MaxLines)
            Lines.Add($"{task} on CPU {cpu}: {what}");
    }
}
