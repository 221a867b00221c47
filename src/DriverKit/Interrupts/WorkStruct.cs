using DriverKit.Contracts;

namespace DriverKit.Interrupts;

/// <summary><c>struct work_struct</c>: a function that a worker thread shall call, in process context (<c>linux/workqueue.h</c>). A driver may derive its own from it: the function
/// gets the work and casts it, where C says <c>container_of</c>.</summary>
/// <remarks>Source: include/linux/workqueue.h of Linux 2.6.20.</remarks>
public class WorkStruct
{
    /// <summary>Work without a function, for <c>INIT_WORK()</c>.</summary>
    public WorkStruct()
    {
    }

    /// <summary><c>DECLARE_WORK(n, f)</c>.</summary>
    /// <param name="func">What is to be done.</param>
    public WorkStruct([CalledIn(CallContext.Process)] Action<WorkStruct> func) => Func = func;

    /// <summary><c>func</c>: what is to be done; it may sleep, and queue itself again.</summary>
    [CalledIn(CallContext.Process)]
    public Action<WorkStruct>? Func { get; set; }

    /// <summary><c>WORK_STRUCT_PENDING</c>: it is queued, or its timer runs.</summary>
    internal bool IsPending { get; set; }

    /// <summary>The function's name.</summary>
    public override string ToString() => Func is null ? "work" : $"work {FunctionName.Of(Func)}";
}

/// <summary><c>struct delayed_work</c>: work that is queued when its timer expires (<c>linux/workqueue.h</c>). It is its own <c>work</c> member.</summary>
public class DelayedWork : WorkStruct
{
    /// <summary>Work without a function, for <c>INIT_DELAYED_WORK()</c>.</summary>
    public DelayedWork()
    {
    }

    /// <summary><c>DECLARE_DELAYED_WORK(n, f)</c>.</summary>
    /// <param name="func">What is to be done.</param>
    public DelayedWork([CalledIn(CallContext.Process)] Action<WorkStruct> func)
        : base(func)
    {
    }

    /// <summary><c>timer</c>: runs while the work waits for its time.</summary>
    public TimerList Timer { get; } = new();
}
