namespace DriverKit.Scheduling;

/// <summary>Sees what the scheduler does, for the table that explains a schedule.</summary>
internal interface IScheduleTracer
{
    /// <summary>A task is at a preemption point, about to do something.</summary>
    void Step(TaskStruct task, int cpu, string operation, object? on, ulong now);

    /// <summary>A task goes to sleep, wakes or ends, an interrupt comes, or a fault is injected.</summary>
    void Note(TaskStruct task, int cpu, string what, object? on, ulong now);
}
