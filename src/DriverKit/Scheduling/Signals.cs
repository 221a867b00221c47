using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary>Sending signals and taking them.</summary>
/// <remarks>Source: kernel/signal.c of Linux 2.6.20; signal(7).</remarks>
internal sealed class Signals(Scheduler scheduler)
{
    /// <summary>A process is to die that nothing runs: it is driven by direct calls, and none is under way. The floor above buries it as soon as whoever sends the
    /// signal is out of the kernel: he may be an interrupt, or hold locks.</summary>
    public Action<TaskStruct, Signal>? Bury { get; set; }

    /// <summary><c>find_task_by_pid()</c>: the first thread of a process. The floor above installs it.</summary>
    public Func<int, TaskStruct?>? Find { get; set; }

    /// <summary><c>group_send_sig_info()</c>: to a process, where one of its threads takes it.</summary>
    public void SendToProcess(TaskStruct task, in SignalInfo info)
    {
        if (task.Signals is not { } state || IsIgnored(state, info.Signal, state.Group.Threads))
            return;
        state.Group.Pending.Add(info);
        if (info.Signal == Signal.SIGKILL)
        {
            foreach (TaskStruct thread in state.Group.Threads.ToArray())
                Notify(thread, info.Signal);
        }
        else if (Choose(state.Group.Threads, info.Signal) is { } taker)
        {
            Notify(taker, info.Signal);
        }
    }

    /// <summary><c>wants_signal()</c>: the first thread that does not block it and has no other to take; if all have, the first that does not block it.</summary>
    private static TaskStruct? Choose(List<TaskStruct> threads, Signal signal)
    {
        TaskStruct? any = null;
        foreach (TaskStruct thread in threads)
        {
            if (thread.Signals!.Blocked.Contains(signal))
                continue;
            if (!thread.SignalPending)
                return thread;
            any ??= thread;
        }

        return any;
    }

    /// <summary><c>send_sig_info()</c>: to one thread.</summary>
    public void SendToTask(TaskStruct task, in SignalInfo info)
    {
        if (task.Signals is not { } state || IsIgnored(state, info.Signal, [task]))
            return;
        state.Pending.Add(info);
        if (!state.Blocked.Contains(info.Signal))
            Notify(task, info.Signal);
    }

    /// <summary><c>dequeue_signal()</c>: the next one for a task; its own before those of the process.</summary>
    public bool TryTake(TaskStruct task, out SignalInfo info)
    {
        info = default;
        if (task.Signals is not { } state)
            return false;
        bool taken = state.Pending.TryTake(state.Blocked, out info) || state.Group.Pending.TryTake(state.Blocked, out info);
        Recalculate(task);
        return taken;
    }

    /// <summary><c>recalc_sigpending()</c>.</summary>
    public static void Recalculate(TaskStruct task) => task.SignalPending = task.Signals is { HasDeliverable: true };

    /// <summary><c>sigprocmask()</c>: SIGKILL cannot be blocked.</summary>
    public static void SetBlocked(TaskStruct task, SignalSet blocked)
    {
        task.Signals!.Blocked = new(blocked.Bits & ~SignalSet.Uncatchable.Bits);
        Recalculate(task);
    }

    private static bool IsIgnored(SignalState state, Signal signal, List<TaskStruct> threads) =>
        signal != Signal.SIGKILL && state.Group.Actions.Ignores(signal) && !threads.Exists(thread => thread.Signals!.Blocked.Contains(signal));

    /// <summary><c>signal_wake_up()</c>.</summary>
    private void Notify(TaskStruct task, Signal signal)
    {
        scheduler.Trace.Fold(TraceEvent.Signal, (task.Pid << 8) | (int)signal);
        scheduler.Tracer?.Note(task, task.Cpu, "gets signal", signal, scheduler.Clock.Now);
        task.SignalPending = true;
        if (scheduler.TryToWakeUp(task, TaskState.Interruptible) || task.Body is not null || task.Fiber is not null)
            return;
        if (signal == Signal.SIGKILL || task.Signals!.Group.Actions[signal].Handler is null && !task.Signals.Group.Actions.Ignores(signal))
            Bury?.Invoke(task, signal);
    }
}
