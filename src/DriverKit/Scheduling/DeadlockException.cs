using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary>Nothing can run any more, and somebody waits: the report says who waits for what, held by whom.</summary>
/// <param name="report">A line for each task that waits.</param>
public sealed class DeadlockException(string report) : Exception(report)
{
    /// <summary>A line for each task that waits.</summary>
    public string Report { get; } = report;

    /// <summary>The rule that was broken, or null: not every wait without an end is of the catalogue.</summary>
    public KernelRule? Rule { get; init; }

    /// <summary>Nobody holds what they wait for: they sleep in wait queues that nobody is left to wake.</summary>
    public bool IsLostWakeUp { get; init; }
}
