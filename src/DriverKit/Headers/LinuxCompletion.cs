using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/completion.h</c>: waiting until another task, or an interrupt, is done. Waiting needs process context; completing works in every one.</summary>
/// <remarks>Source: include/linux/completion.h, kernel/sched.c of Linux 2.6.20.</remarks>
public static class LinuxCompletion
{
    /// <summary><c>init_completion(x)</c>, and <c>INIT_COMPLETION(x)</c> for the next use: not done, whatever it was before.</summary>
    public static void InitCompletion(Completion x)
    {
        SharedObject.Enter("init_completion", x);
        x.Reset();
    }

    /// <summary><c>wait_for_completion(x)</c>: sleeps until it is done; signals wait.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void WaitForCompletion(Completion x) => Wait("wait_for_completion", x, TaskState.Uninterruptible, Waiting.Forever);

    /// <summary><c>wait_for_completion_timeout(x, timeout)</c>.</summary>
    /// <param name="x">What for.</param>
    /// <param name="timeout">The longest wait, in jiffies.</param>
    /// <returns>The jiffies left; 0: the time is over.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static long WaitForCompletionTimeout(Completion x, long timeout) => Wait("wait_for_completion_timeout", x, TaskState.Uninterruptible, timeout);

    /// <summary><c>wait_for_completion_interruptible(x)</c>: sleeps until it is done or a signal comes.</summary>
    /// <returns>0, or -ERESTARTSYS for a signal.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult WaitForCompletionInterruptible(Completion x) =>
        Math.Min(Wait("wait_for_completion_interruptible", x, TaskState.Interruptible, Waiting.Forever), 0);

    /// <summary><c>wait_for_completion_interruptible_timeout(x, timeout)</c>.</summary>
    /// <param name="x">What for.</param>
    /// <param name="timeout">The longest wait, in jiffies.</param>
    /// <returns>The jiffies left; 0: the time is over; -ERESTARTSYS for a signal.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult WaitForCompletionInterruptibleTimeout(Completion x, long timeout) =>
        Wait("wait_for_completion_interruptible_timeout", x, TaskState.Interruptible, timeout);

    /// <summary><c>complete(x)</c>: one task that waits goes on, or the next that comes to wait. Every context.</summary>
    public static void Complete(Completion x)
    {
        Scheduler scheduler = SharedObject.Enter("complete", x);
        x.Complete(scheduler);
        SharedObject.Left(scheduler, x);
    }

    /// <summary><c>complete_all(x)</c>: all that wait go on, and all that come, until <see cref="InitCompletion"/>. Every context.</summary>
    public static void CompleteAll(Completion x)
    {
        Scheduler scheduler = SharedObject.Enter("complete_all", x);
        x.CompleteAll(scheduler);
        SharedObject.Left(scheduler, x);
    }

    private static long Wait(string function, Completion x, TaskState state, long timeout) =>
        x.Wait(SharedObject.EnterToSleep(function, x), state, timeout, function);
}
