using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary><c>struct timer_list</c>: a function to be called at a time (<c>linux/timer.h</c>). Make one with <c>new</c> (<c>DEFINE_TIMER</c>); it belongs to the driver's data,
/// and must not be pending or running when that is freed.</summary>
/// <remarks>Source: include/linux/timer.h, kernel/timer.c of Linux 2.6.20.</remarks>
public sealed class TimerList : ISpinnable
{
    /// <summary>A timer without a function.</summary>
    public TimerList()
    {
    }

    /// <summary><c>TIMER_INITIALIZER(function, expires, data)</c>.</summary>
    /// <param name="function">What is called, in softirq context.</param>
    /// <param name="expires">When, in jiffies.</param>
    /// <param name="data">What it is given.</param>
    public TimerList([CalledIn(CallContext.Softirq)] Action<object?> function, ulong expires = 0, object? data = null) => (Function, Expires, Data) = (function, expires, data);

    /// <summary><c>expires</c>: the value of jiffies at which it is called. To change it while the timer is pending, call <c>mod_timer()</c>.</summary>
    public ulong Expires { get; set; }

    /// <summary><c>function</c>: called once, in softirq context, on the processor that has added the timer.</summary>
    [CalledIn(CallContext.Softirq)]
    public Action<object?>? Function { get; set; }

    /// <summary><c>data</c>: the function's argument.</summary>
    public object? Data { get; set; }

    /// <summary><c>timer_pending()</c>.</summary>
    internal bool IsPending { get; set; }

    /// <summary>The processor it is added on.</summary>
    internal TimerBase? Base { get; set; }

    /// <summary>The tick it is due at, and how many timers were added before it.</summary>
    internal (ulong Tick, long Sequence) Due { get; set; }

    /// <summary>The processor that runs the function; -1: none.</summary>
    internal int RunsOn { get; set; } = -1;

    bool ISpinnable.IsTaken => RunsOn >= 0;

    TaskStruct? IWaitable.Owner => null;

    string IWaitable.Describe() => $"{this} to end";

    /// <summary>The function's name.</summary>
    public override string ToString() => Function is null ? "timer" : $"timer {FunctionName.Of(Function)}";
}
