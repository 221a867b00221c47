using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/timer.h</c>: functions that are called at a time, in softirq context. Every context.</summary>
/// <remarks>Source: include/linux/timer.h, kernel/timer.c of Linux 2.6.20.</remarks>
public static class LinuxTimer
{
    /// <summary><c>init_timer(timer)</c>.</summary>
    /// <exception cref="KernelOopsException">It is pending.</exception>
    public static void InitTimer(TimerList timer)
    {
        Kernel.Current("init_timer", timer);
        KernelTimers.Init(timer);
    }

    /// <summary><c>setup_timer(timer, function, data)</c>: <see cref="InitTimer"/> with the function and its argument.</summary>
    /// <exception cref="KernelOopsException">It is pending.</exception>
    public static void SetupTimer(TimerList timer, [CalledIn(CallContext.Softirq)] Action<object?> function, object? data)
    {
        Kernel.Current("setup_timer", timer);
        KernelTimers.Init(timer);
        (timer.Function, timer.Data) = (function, data);
    }

    /// <summary><c>add_timer(timer)</c>: its function is called when jiffies reaches <see cref="TimerList.Expires"/>, on this processor; at the next tick if that is past.</summary>
    /// <exception cref="KernelOopsException">It is pending already, or has no function.</exception>
    public static void AddTimer(TimerList timer)
    {
        Kernel kernel = Kernel.Current("add_timer", timer);
        kernel.Timers.Add(timer, kernel.Machine.CurrentCpu, "add_timer");
    }

    /// <summary><c>add_timer_on(timer, cpu)</c>: on another processor.</summary>
    /// <exception cref="KernelOopsException">It is pending already, has no function, or there is no such processor.</exception>
    public static void AddTimerOn(TimerList timer, int cpu)
    {
        Kernel kernel = Kernel.Current("add_timer_on", timer);
        if ((uint)cpu >= (uint)kernel.Machine.Cpus.Count)
            throw new KernelOopsException($"kernel BUG in add_timer_on: there is no processor {cpu}");
        kernel.Timers.Add(timer, kernel.Machine.Cpus[cpu], "add_timer_on");
    }

    /// <summary><c>mod_timer(timer, expires)</c>: moves the timer to another time; one that is not pending is added.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="expires">When, in jiffies.</param>
    /// <returns>1 if it was pending, 0 if not.</returns>
    /// <exception cref="KernelOopsException">It has no function.</exception>
    public static int ModTimer(TimerList timer, ulong expires) => Kernel.Current("mod_timer", timer).Timers.Modify(timer, expires) ? 1 : 0;

    /// <summary><c>del_timer(timer)</c>: it will not be called. On another processor its function may be running right now.</summary>
    /// <returns>1 if it was pending, 0 if not.</returns>
    public static int DelTimer(TimerList timer) => Kernel.Current("del_timer", timer).Timers.Delete(timer) ? 1 : 0;

    /// <summary><c>del_timer_sync(timer)</c>: the same, and waits until the function runs nowhere; whoever waits must hold nothing the function needs, and the function must not add the
    /// timer again for ever. Not in an interrupt.</summary>
    /// <returns>1 if it was pending, 0 if not.</returns>
    /// <exception cref="KernelOopsException">Called by the function, or by what has interrupted it: it would wait for itself.</exception>
    public static int DelTimerSync(TimerList timer) => Kernel.Current("del_timer_sync", timer).Timers.DeleteSync(timer) ? 1 : 0;

    /// <summary><c>try_to_del_timer_sync(timer)</c>.</summary>
    /// <returns>1 if it was pending, 0 if not, -1 if its function runs: then nothing has been done.</returns>
    public static int TryToDelTimerSync(TimerList timer) => Kernel.Current("try_to_del_timer_sync", timer).Timers.TryDeleteSync(timer);

    /// <summary><c>timer_pending(timer)</c>: it has been added and its time has not come.</summary>
    public static bool TimerPending(TimerList timer)
    {
        Kernel.Current("timer_pending", timer);
        return timer.IsPending;
    }
}
