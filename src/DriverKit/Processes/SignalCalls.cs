using System.Runtime.CompilerServices;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary>What sigprocmask() does with the set (<c>SIG_*</c>).</summary>
public enum SignalMaskHow
{
    /// <summary><c>SIG_BLOCK</c>: these wait too.</summary>
    Block,

    /// <summary><c>SIG_UNBLOCK</c>: these wait no more.</summary>
    Unblock,

    /// <summary><c>SIG_SETMASK</c>: these wait and no others.</summary>
    SetMask,
}

/// <summary>What waitpid() may do (<c>linux/wait.h</c>).</summary>
[Flags]
public enum WaitOptions
{
    /// <summary>Sleep until a child has ended.</summary>
    None = 0,

    /// <summary><c>WNOHANG</c>: only look.</summary>
    NoHang = 1,

    /// <summary><c>WUNTRACED</c>: children that have stopped, too; there are none.</summary>
    Untraced = 2,
}

/// <summary>kill(2).</summary>
internal readonly struct KillCall(int pid, Signal signal) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (signal != Signal.None && !SignalSet.IsValid(signal))
            return -Errno.EINVAL;
        ProcessTable processes = process.Kernel;
        var info = new SignalInfo(signal, SignalCode.User, process.Pid);
        if (pid is 0 or -1)
        {
            UserProcess[] all = [.. processes.Leaders.Where(each => each.Pid != process.Pid)];
            foreach (UserProcess each in all.Where(process.MaySignal))
                Send(processes, each, info);
            return all.Length != 0 ? 0 : -Errno.ESRCH;
        }

        if ((processes.FindLeader(pid) ?? processes.FindTask(pid)) is { } target)
        {
            if (!process.MaySignal(target))
                return -Errno.EPERM;
            Send(processes, target, info);
            return 0;
        }

        return processes.HasZombie(pid) ? 0 : -Errno.ESRCH;
    }

    public string Describe() => $"kill({pid}, {signal})";

    private static void Send(ProcessTable processes, UserProcess target, in SignalInfo info)
    {
        if (info.Signal != Signal.None)
            processes.Signals.SendToProcess(target.Task, info);
    }
}

/// <summary>tgkill(2).</summary>
internal readonly struct TgkillCall(int tgid, int tid, Signal signal) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (tgid <= 0 || tid <= 0 || signal != Signal.None && !SignalSet.IsValid(signal))
            return -Errno.EINVAL;
        if (process.Kernel.FindTask(tid) is not { } target || target.Pid != tgid)
            return -Errno.ESRCH;
        if (!process.MaySignal(target))
            return -Errno.EPERM;
        if (signal != Signal.None)
            process.Kernel.Signals.SendToTask(target.Task, new SignalInfo(signal, SignalCode.Tkill, process.Pid));
        return 0;
    }

    public string Describe() => $"tgkill({tgid}, {tid}, {signal})";
}

/// <summary>sigaction(2).</summary>
internal readonly struct SigactionCall(Signal signal, SignalAction action) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (!SignalSet.IsValid(signal) || signal == Signal.SIGKILL)
            return -Errno.EINVAL;
        SignalGroup group = process.Task.Signals!.Group;
        group.Actions[signal] = action;
        if (!group.Actions.Ignores(signal))
            return 0;

        // What is ignored from now on is forgotten, even if it waits.
        group.Pending.Forget(SignalSet.Of(signal));
        foreach (TaskStruct thread in group.Threads)
        {
            thread.Signals!.Pending.Forget(SignalSet.Of(signal));
            Signals.Recalculate(thread);
        }

        return 0;
    }

    public string Describe() => $"rt_sigaction({signal})";
}

/// <summary>sigprocmask(2).</summary>
internal readonly struct SigprocmaskCall(SignalMaskHow how, ulong set) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        ulong old = process.Task.Signals!.Blocked.Bits;
        ulong? blocked = how switch
        {
            SignalMaskHow.Block => old | set,
            SignalMaskHow.Unblock => old & ~set,
            SignalMaskHow.SetMask => set,
            _ => null,
        };
        if (blocked is not { } bits)
            return -Errno.EINVAL;
        Signals.SetBlocked(process.Task, new(bits));
        return 0;
    }

    public string Describe() => $"rt_sigprocmask({how}, 0x{set:x})";
}

/// <summary>sigpending(2).</summary>
internal readonly struct SigpendingCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        SignalState state = process.Task.Signals!;
        return (state.Pending.Set | state.Group.Pending.Set) & state.Blocked.Bits;
    }

    public string Describe() => "rt_sigpending()";
}

/// <summary>pause(2).</summary>
internal readonly struct PauseCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Scheduler scheduler = process.Kernel.Context.Scheduler;
        while (!scheduler.Current.SignalPending)
        {
            scheduler.Current.State = TaskState.Interruptible;
            scheduler.Current.Operation = "pause";
            scheduler.Schedule();
        }

        return -Errno.ERESTARTNOHAND;
    }

    public string Describe() => "pause()";
}

/// <summary>alarm(2).</summary>
internal readonly struct AlarmCall(uint seconds) : ISystemCall
{
    private const ulong Second = 1_000_000_000;

    public KernelResult Execute(UserProcess process)
    {
        Scheduler scheduler = process.Kernel.Context.Scheduler;
        ClockEvent alarm = process.AlarmTimer;
        ulong left = alarm.IsSet ? (Math.Max(alarm.When, scheduler.Clock.Now + 1) - scheduler.Clock.Now + Second - 1) / Second : 0;
        scheduler.Cancel(alarm);
        if (seconds != 0)
            scheduler.Set(alarm, scheduler.Clock.Now + seconds * Second);
        return left;
    }

    public string Describe() => $"alarm({seconds})";
}

/// <summary>nanosleep(2). It knows when it ends, so that it can be made again after a signal that no handler has seen.</summary>
internal readonly struct NanosleepCall(TimeSpan time, ulong start) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (time < TimeSpan.Zero)
            return -Errno.EINVAL;
        Scheduler scheduler = process.Kernel.Context.Scheduler;
        ulong end = start + Clock.Nanoseconds(time);
        while (scheduler.Clock.Now < end)
        {
            if (scheduler.Current.SignalPending)
                return -Errno.ERESTART_RESTARTBLOCK;
            scheduler.Current.State = TaskState.Interruptible;
            scheduler.Current.Operation = "nanosleep";
            scheduler.ScheduleTimeout(end - scheduler.Clock.Now);
        }

        return 0;
    }

    public string Describe() => $"nanosleep({time})";
}

/// <summary>sched_yield(2).</summary>
internal readonly struct SchedYieldCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        process.Kernel.Context.Scheduler.Yield();
        return 0;
    }

    public string Describe() => "sched_yield()";
}

/// <summary>waitpid(2).</summary>
internal readonly struct WaitpidCall(int pid, WaitOptions options, StrongBox<WaitStatus> status) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if ((options & ~(WaitOptions.NoHang | WaitOptions.Untraced)) != 0)
            return -Errno.EINVAL;
        UserProcess leader = process.Kernel.FindLeader(process.Pid) ?? process;
        if (!HasChild(leader))
            return -Errno.ECHILD;
        int index = Find(leader);
        if (index < 0 && (options & WaitOptions.NoHang) != 0)
            return 0;
        if (index < 0)
        {
            WaitpidCall call = this;
            long result = Waiting.Event(
                process.Kernel.Context.Scheduler, leader.Task.Signals!.Group.ChildExit, () => call.Find(leader) >= 0 || !call.HasChild(leader),
                TaskState.Interruptible, exclusive: false, Waiting.Forever, "wait4");
            if (result < 0)
                return result;
            index = Find(leader);
            if (index < 0)
                return -Errno.ECHILD;
        }

        (int child, status.Value) = leader.Zombies[index];
        leader.Zombies.RemoveAt(index);
        return child;
    }

    public string Describe() => $"wait4({pid}, {options})";

    private bool IsMeant(int child) => pid is -1 or 0 || pid == child;

    private int Find(UserProcess leader)
    {
        WaitpidCall call = this;
        return leader.Zombies.FindIndex(zombie => call.IsMeant(zombie.Pid));
    }

    private bool HasChild(UserProcess leader)
    {
        WaitpidCall call = this;
        return Find(leader) >= 0 || leader.Kernel.Leaders.Any(child => child.Ppid == leader.Pid && call.IsMeant(child.Pid));
    }
}
