using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/sched.h</c>: the task that runs, and giving the processor up.</summary>
/// <remarks>Source: include/linux/sched.h, kernel/sched.c, kernel/timer.c of Linux 2.6.20.</remarks>
public static class LinuxSched
{
    /// <summary><c>TASK_RUNNING</c>.</summary>
    public const TaskState TaskRunning = TaskState.Running;

    /// <summary><c>TASK_INTERRUPTIBLE</c>.</summary>
    public const TaskState TaskInterruptible = TaskState.Interruptible;

    /// <summary><c>TASK_UNINTERRUPTIBLE</c>.</summary>
    public const TaskState TaskUninterruptible = TaskState.Uninterruptible;

    /// <summary><c>MAX_SCHEDULE_TIMEOUT</c>: no limit.</summary>
    public const long MaxScheduleTimeout = Waiting.Forever;

    /// <summary><c>current</c>: the task on whose behalf the kernel runs. Every context; in an interrupt it is whoever was interrupted.</summary>
    public static TaskStruct Current => Kernel.Current("current").CurrentTask;

    /// <summary><c>set_current_state(state)</c>: what <see cref="Schedule"/> will do: sleep, or only let others run.</summary>
    public static void SetCurrentState(TaskState state) => Kernel.Current("set_current_state").CurrentTask.State = state;

    /// <summary><c>schedule()</c>: gives the processor up. Process context, nothing held that forbids sleeping.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context: scheduling while atomic.</exception>
    [MightSleep]
    public static void Schedule() => Kernel.Current("schedule").Scheduler.Schedule();

    /// <summary><c>schedule_timeout(timeout)</c>: sleeps in the state that <see cref="SetCurrentState"/> has set. In TASK_RUNNING it returns at once.</summary>
    /// <param name="timeout">The longest sleep, in jiffies.</param>
    /// <returns>The jiffies left; 0 when the time is over.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context: scheduling while atomic.</exception>
    [MightSleep]
    public static long ScheduleTimeout(long timeout) => Waiting.ScheduleTimeout(Kernel.Current("schedule_timeout").Scheduler, timeout);

    /// <summary><c>schedule_timeout_interruptible(timeout)</c>: until the time is over, or woken, or a signal comes.</summary>
    /// <param name="timeout">The longest sleep, in jiffies.</param>
    /// <returns>The jiffies left.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context: scheduling while atomic.</exception>
    [MightSleep]
    public static long ScheduleTimeoutInterruptible(long timeout) => Timeout("schedule_timeout_interruptible", TaskState.Interruptible, timeout);

    /// <summary><c>schedule_timeout_uninterruptible(timeout)</c>.</summary>
    /// <param name="timeout">The longest sleep, in jiffies.</param>
    /// <returns>The jiffies left.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context: scheduling while atomic.</exception>
    [MightSleep]
    public static long ScheduleTimeoutUninterruptible(long timeout) => Timeout("schedule_timeout_uninterruptible", TaskState.Uninterruptible, timeout);

    /// <summary><c>yield()</c>: lets others run. Process context.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void Yield() => Kernel.Current("yield").Scheduler.Yield();

    /// <summary><c>cond_resched()</c>: lets others run if it is their turn. Process context.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void CondResched() => AtomicContext.MightSleep(Kernel.Current("cond_resched").Machine, "cond_resched");

    /// <summary><c>wake_up_process(p)</c>: a task that sleeps, whatever for, runs again. Every context.</summary>
    /// <returns>True if it slept.</returns>
    public static bool WakeUpProcess(TaskStruct p) =>
        Kernel.Current("wake_up_process", p).Scheduler.TryToWakeUp(p, TaskState.Interruptible | TaskState.Uninterruptible);

    /// <summary><c>signal_pending(p)</c>: a signal waits for the task; an operation that sleeps should give up with -ERESTARTSYS.</summary>
    public static bool SignalPending(TaskStruct p)
    {
        Kernel.Current("signal_pending", p);
        return p.SignalPending;
    }

    /// <summary><c>send_sig(sig, p, priv)</c>: a signal to one task, from the kernel. Every context. Kernel threads take none.</summary>
    /// <returns>0; -EINVAL: no such signal.</returns>
    public static KernelResult SendSig(Signal sig, TaskStruct p)
    {
        Kernel kernel = Kernel.Current("send_sig", p);
        if (!SignalSet.IsValid(sig))
            return -Errno.EINVAL;
        kernel.Signals.SendToTask(p, new SignalInfo(sig, SignalCode.Kernel));
        return 0;
    }

    /// <summary><c>kill_proc(pid, sig, priv)</c>: a signal to a process, from the kernel. Every context.</summary>
    /// <returns>0; -ESRCH: no such process; -EINVAL: no such signal.</returns>
    public static KernelResult KillProc(int pid, Signal sig)
    {
        Kernel kernel = Kernel.Current("kill_proc");
        if (!SignalSet.IsValid(sig))
            return -Errno.EINVAL;
        if (kernel.Signals.Find?.Invoke(pid) is not { } task)
            return -Errno.ESRCH;
        kernel.Signals.SendToProcess(task, new SignalInfo(sig, SignalCode.Kernel));
        return 0;
    }

    private static long Timeout(string function, TaskState state, long timeout)
    {
        Scheduler scheduler = Kernel.Current(function).Scheduler;
        scheduler.Current.State = state;
        return Waiting.ScheduleTimeout(scheduler, timeout);
    }
    /// <summary><c>rlim_cur</c> of <c>current->signal->rlim[resource]</c>: the limit in force for the process that runs; <see cref="Rlimit.Infinity"/> for none.
    /// For a task of the kernel, what a process starts with.</summary>
    public static ulong RlimCur(RlimitResource resource) => Of("rlim_cur", resource).Current;

    /// <summary><c>rlim_max</c> of <c>current->signal->rlim[resource]</c>: how far the process that runs may raise a limit.</summary>
    public static ulong RlimMax(RlimitResource resource) => Of("rlim_max", resource).Maximum;

    private static Rlimit Of(string function, RlimitResource resource) => (Kernel.Current(function).CurrentTask.Mm?.Limits ?? new())[resource];
}
