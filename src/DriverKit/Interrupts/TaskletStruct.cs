using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary><c>struct tasklet_struct</c>: a function that an interrupt handler leaves for the moment after it (<c>linux/interrupt.h</c>). It runs in softirq context, on the processor
/// that has scheduled it, and never on two at once. Make one with <c>new</c> (<c>DECLARE_TASKLET</c>).</summary>
/// <remarks>Source: include/linux/interrupt.h, kernel/softirq.c of Linux 2.6.20.</remarks>
public sealed class TaskletStruct : ISpinnable
{
    private WaitQueueHead? _started;

    /// <summary>A tasklet without a function, for <c>tasklet_init()</c>.</summary>
    public TaskletStruct()
    {
    }

    /// <summary><c>DECLARE_TASKLET(name, func, data)</c>.</summary>
    /// <param name="func">What it does.</param>
    /// <param name="data">What it is given.</param>
    public TaskletStruct([CalledIn(CallContext.Softirq)] Action<object?> func, object? data = null) => (Func, Data) = (func, data);

    /// <summary><c>func</c>: what it does; it may not sleep.</summary>
    [CalledIn(CallContext.Softirq)]
    public Action<object?>? Func { get; set; }

    /// <summary><c>data</c>: the function's argument.</summary>
    public object? Data { get; set; }

    /// <summary><c>TASKLET_STATE_SCHED</c>: it will run.</summary>
    internal bool IsScheduled { get; set; }

    /// <summary><c>count</c>: how often it has been disabled.</summary>
    internal int Count { get; set; }

    /// <summary><c>TASKLET_STATE_RUN</c>: the processor that runs it; -1: none.</summary>
    internal int RunsOn { get; set; } = -1;

    /// <summary>Its turn had come when it was disabled or ran elsewhere: the list it goes back to.</summary>
    internal TaskletList? Parked { get; set; }

    /// <summary>The one behind it in its list.</summary>
    internal TaskletStruct? Next { get; set; }

    /// <summary>For whoever waits until it is not scheduled any more.</summary>
    internal WaitQueueHead Started => _started ??= new WaitQueueHead($"of {this}");

    internal bool HasWaiters => _started is { IsActive: true };

    bool ISpinnable.IsTaken => RunsOn >= 0;

    TaskStruct? IWaitable.Owner => null;

    string IWaitable.Describe() => $"{this} to end";

    /// <summary>The function's name.</summary>
    public override string ToString() => Func is null ? "tasklet" : $"tasklet {FunctionName.Of(Func)}";
}
