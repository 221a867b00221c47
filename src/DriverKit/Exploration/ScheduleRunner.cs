using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Runs a scenario once, on a machine of its own.</summary>
internal sealed class ScheduleRunner(Action<Kernel> scenario, ExploreOptions options)
{
    /// <summary>How often it has run.</summary>
    public int Runs { get; private set; }

    public ExploreOptions Options => options;

    public ScheduleRun Replay(IEnumerable<Deviation> deviations, params IScheduleTracer[] tracers) => Run(new ReplayStrategy(deviations), tracers);

    public ScheduleRun Run(SchedulingStrategy strategy, params IScheduleTracer[] tracers)
    {
        Runs++;
        var recorder = new ScheduleRecorder(strategy, options.ExploreTime);
        using Kernel kernel = Boot(recorder);
        ScheduleWatch watch = Watch(kernel, strategy, tracers);
        ScheduleFailure? failure = null;
        try
        {
            Execute(kernel);
        }
        catch (Exception exception)
        {
            failure = ScheduleFailure.Of(exception, watch.Verdict, kernel.Scheduler.HasPanicked);
        }

        return new(failure, recorder.Deviations, recorder.Preemptions, watch.Steps, kernel.TraceHash);
    }

    /// <summary>Runs it, and lets out what it throws.</summary>
    public void RunOpenly(SchedulingStrategy strategy)
    {
        using Kernel kernel = Boot(new ScheduleRecorder(strategy, options.ExploreTime));
        Watch(kernel, strategy, []);
        Execute(kernel);
    }

    private Kernel Boot(SchedulingStrategy strategy) => Kernel.Boot(options.Machine, options.Kernel with { Strategy = strategy });

    private ScheduleWatch Watch(Kernel kernel, SchedulingStrategy strategy, IScheduleTracer[] tracers)
    {
        if (strategy is IScheduleTracer follower)
            tracers = [.. tracers, follower];
        foreach (ScheduleTable table in tracers.OfType<ScheduleTable>())
            table.Scheduler = kernel.Scheduler;
        var watch = new ScheduleWatch(kernel.Scheduler, options.MaxSteps, tracers);
        kernel.Scheduler.Tracer = watch;
        kernel.Scheduler.InjectsFaults = options.InjectFaults;
        if (options.Interrupts.Count != 0)
            kernel.Scheduler.Injection = new InterruptInjection(options.Interrupts, options.MaxInterrupts);
        return watch;
    }

    private void Execute(Kernel kernel)
    {
        var ledger = new MemoryLedger(kernel);
        scenario(kernel);
        if (!kernel.Machine.IsOn)
            return;
        kernel.Run();
        if (kernel.IsTainted)
            throw new ScheduleFailedException(ScheduleFailureKind.Oops, $"The kernel found a bug, and whoever it happened to has kept quiet about it:\n{kernel.Log}");
        if (options.CheckLeaks && ledger.Close() is { } lost)
            throw new ScheduleFailedException(ScheduleFailureKind.Leak, lost);
    }
}

/// <summary>What came of a run.</summary>
internal sealed record ScheduleRun(ScheduleFailure? Failure, IReadOnlyList<Deviation> Deviations, int Preemptions, int Steps, ulong TraceHash)
{
    /// <summary>Easier to understand than the other: fewer preemptions, then fewer deviations of any kind, then fewer steps.</summary>
    public bool IsSimplerThan(ScheduleRun other) => (Preemptions, Deviations.Count, Steps).CompareTo((other.Preemptions, other.Deviations.Count, other.Steps)) < 0;
}
