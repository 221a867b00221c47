using DriverKit.Hardware;

namespace DriverKit.Scheduling;

/// <summary><c>struct rq</c>: what one processor runs, and what waits for it.</summary>
internal sealed class RunQueue(Cpu cpu, TaskStruct idle)
{
    public Cpu Cpu { get; } = cpu;

    /// <summary><c>rq->idle</c>: runs when there is nothing to do.</summary>
    public TaskStruct Idle { get; } = idle;

    /// <summary><c>rq->curr</c>.</summary>
    public TaskStruct Current { get; set; } = idle;

    /// <summary>Tasks that could run, in the order they came.</summary>
    public List<TaskStruct> Waiting { get; } = [];

    /// <summary>How often it has been where no reader of RCU can be: it has switched tasks, or gone back to a process.</summary>
    public long QuiescentStates { get; set; }

    public bool IsIdle => Current == Idle;

    /// <summary>The task can lose the processor: nothing it holds forbids it.</summary>
    public bool IsPreemptible => Cpu is { PreemptCount: 0, InterruptsEnabled: true };

    /// <summary>What it runs would get on if it had the turn: a task, or an interrupt that has come while it was idle.</summary>
    public bool CanProgress => (!IsIdle || Cpu.PreemptCount != 0) && Current.SpinsOn is not { IsTaken: true };

    /// <summary>A task that waits may take the place of what runs.</summary>
    public bool CanSwitch => IsIdle ? Cpu.PreemptCount == 0 : IsPreemptible;
}

/// <summary>A lock that processors spin on.</summary>
internal interface ISpinnable : IWaitable
{
    /// <summary>Whoever spins goes on spinning.</summary>
    bool IsTaken { get; }
}
