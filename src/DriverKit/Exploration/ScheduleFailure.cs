using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>How a schedule can fail.</summary>
public enum ScheduleFailureKind
{
    /// <summary>The scenario or a program threw: a failed assertion, a failed system call, a bad access.</summary>
    Exception,

    /// <summary>The kernel found a bug in driver code.</summary>
    Oops,

    /// <summary>It found one in an interrupt handler or a softirq; the machine stopped.</summary>
    Panic,

    /// <summary>Tasks wait for one another.</summary>
    Deadlock,

    /// <summary>A task sleeps in a wait queue, and nobody is left to wake it.</summary>
    LostWakeUp,

    /// <summary>A task has slept for more than 120 seconds of virtual time, deaf to signals.</summary>
    HungTask,

    /// <summary>The schedule has more steps than <see cref="ExploreOptions.MaxSteps"/>.</summary>
    Livelock,

    /// <summary>Memory is lost after all processes have ended and all modules are unloaded.</summary>
    Leak,

    /// <summary>The same choices did not give the same run: the scenario depends on something outside of the machine.</summary>
    Nondeterminism,
}

/// <summary>Why a run failed.</summary>
internal sealed record ScheduleFailure(ScheduleFailureKind Kind, Exception Exception, string Message)
{
    public static ScheduleFailure Of(Exception exception, ScheduleFailureKind? verdict, bool hasPanicked)
    {
        if (exception is ScheduleFailedException { Kind: { } kind })
            return new(kind, exception, exception.Message);
        if (Find<DeadlockException>(exception) is { } deadlock)
            return new(verdict ?? (deadlock.IsLostWakeUp ? ScheduleFailureKind.LostWakeUp : ScheduleFailureKind.Deadlock), exception, deadlock.Report);
        if (exception is KernelOopsException oops)
            return new(hasPanicked ? ScheduleFailureKind.Panic : ScheduleFailureKind.Oops, exception, oops.Report);
        return new(ScheduleFailureKind.Exception, exception, $"{exception.GetType().Name}: {exception.Message}");
    }

    /// <summary>The other run fails in the same way.</summary>
    public bool IsLike(ScheduleFailure? other) =>
        other is not null && Kind == other.Kind && Exception.GetType() == other.Exception.GetType() && (Exception as KernelOopsException)?.RuleId == (other.Exception as KernelOopsException)?.RuleId;

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }
}

/// <summary>A schedule has failed. The message is the whole report, with the token that runs the schedule again.</summary>
public sealed class ScheduleFailedException : Exception
{
    internal ScheduleFailedException(ScheduleReport report)
        : base(report.ToString(), report.Exception) => Report = report;

    internal ScheduleFailedException(ScheduleFailureKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>The report; null when a schedule that is replayed ends with lost memory or a bug that nobody was told of.</summary>
    public ScheduleReport? Report { get; }

    internal ScheduleFailureKind? Kind { get; }
}
