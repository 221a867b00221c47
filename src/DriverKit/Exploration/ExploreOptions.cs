using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Exploration;

/// <summary>How to explore. Every option has a working default.</summary>
public sealed record ExploreOptions
{
    /// <summary>The machine for each schedule. Default: 16 MiB and two processors, so that what only one processor keeps apart is not kept apart.</summary>
    public MachineOptions Machine { get; init; } = new() { MemorySize = 16.MiB(), Cpus = 2 };

    /// <summary>The kernel. Its strategy is not used: <see cref="Search"/> gives one for each schedule.</summary>
    public KernelOptions Kernel { get; init; } = new();

    /// <summary>Which schedules. Default: <see cref="ScheduleSearch.Pct"/> with depth 3.</summary>
    public ScheduleSearch Search { get; init; } = ScheduleSearch.Pct();

    /// <summary>The most schedules, at least 1. Default 1000.</summary>
    public int Schedules { get; init; } = 1000;

    /// <summary>The most preemption points of a schedule; one that has more is reported as a livelock. Default 100,000.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>Interrupts that may come at any preemption point though no device raises them, once a handler is there. Default none.</summary>
    public IReadOnlyList<int> Interrupts { get; init; } = [];

    /// <summary>How often each of <see cref="Interrupts"/> may come in one schedule, at least 1. Default 2.</summary>
    public int MaxInterrupts { get; init; } = 2;

    /// <summary>Allocations of the driver may fail: kmalloc and kin, alloc_pages and kin, vmalloc. Default off.</summary>
    public bool InjectFaults { get; init; }

    /// <summary>Timers may be due at any preemption point, as on a slow machine. Default off: time passes by what is done.</summary>
    public bool ExploreTime { get; init; }

    /// <summary>After each schedule, end what is left of the processes, unload the modules, and look for lost memory. Default on.</summary>
    public bool CheckLeaks { get; init; } = true;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Machine);
        ArgumentNullException.ThrowIfNull(Kernel);
        ArgumentNullException.ThrowIfNull(Search);
        ArgumentNullException.ThrowIfNull(Interrupts);
        ArgumentOutOfRangeException.ThrowIfLessThan(Schedules, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInterrupts, 1);
        if (Interrupts.Any(line => line < 0) || Interrupts.Distinct().Count() != Interrupts.Count)
            throw new ArgumentException("An interrupt is a line from 0 up, and each is named once.", nameof(Interrupts));
    }
}
