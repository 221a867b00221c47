using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/delay.h</c>: waiting for a time.</summary>
/// <remarks>Source: include/linux/delay.h, kernel/timer.c of Linux 2.6.20.</remarks>
public static class LinuxDelay
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    /// <summary><c>mdelay(n)</c>: keeps the processor busy. Every context; for short times only.</summary>
    /// <param name="n">Milliseconds.</param>
    public static void Mdelay(uint n) => Kernel.Current("mdelay").Scheduler.Delay("mdelay", n * NanosecondsPerMillisecond);

    /// <summary><c>msleep(msecs)</c>: sleeps at least that long, signals or not. Process context.</summary>
    /// <param name="msecs">Milliseconds.</param>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void Msleep(uint msecs) => Sleep("msleep", msecs, TaskState.Uninterruptible);

    /// <summary><c>msleep_interruptible(msecs)</c>: sleeps until the time is over or a signal comes. Process context.</summary>
    /// <param name="msecs">Milliseconds.</param>
    /// <returns>The milliseconds left.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static uint MsleepInterruptible(uint msecs) => Sleep("msleep_interruptible", msecs, TaskState.Interruptible);

    /// <summary><c>ssleep(seconds)</c>: <see cref="Msleep"/> for seconds.</summary>
    /// <param name="seconds">Seconds.</param>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void Ssleep(uint seconds) => Sleep("ssleep", seconds * 1000, TaskState.Uninterruptible);

    private static uint Sleep(string function, uint msecs, TaskState state)
    {
        Kernel kernel = Kernel.Current(function);
        AtomicContext.MightSleep(kernel.Machine, function);
        Scheduler scheduler = kernel.Scheduler;

        // The tick that has begun does not count.
        long timeout = (long)kernel.Time.MillisecondsToJiffies(msecs) + 1;
        while (timeout > 0 && !(state == TaskState.Interruptible && scheduler.Current.SignalPending))
        {
            scheduler.Current.State = state;
            scheduler.Current.Operation = function;
            timeout = Waiting.ScheduleTimeout(scheduler, timeout);
        }

        return kernel.Time.JiffiesToMilliseconds((ulong)timeout);
    }
}
