namespace DriverKit.Scheduling;

/// <summary><c>struct signal_struct</c>, as far as threads of a process share it: its actions, what waits for any of them, and who they are.</summary>
internal sealed class SignalGroup(SignalActions actions)
{
    public SignalActions Actions { get; private set; } = actions;

    /// <summary><c>shared_pending</c>: any thread may take it.</summary>
    public PendingSignals Pending { get; } = new();

    /// <summary>Those that have not begun to exit.</summary>
    public List<TaskStruct> Threads { get; } = [];

    /// <summary><c>live</c>: those that have not ended yet.</summary>
    public int Live { get; set; }

    /// <summary><c>group_exit_code</c>: how all threads end, as wait() says it; null: each by itself.</summary>
    public int? ExitCode { get; set; }

    /// <summary><c>group_leader->exit_code</c>: how the first thread has ended.</summary>
    public int LeaderExitCode { get; set; }

    /// <summary><c>real_timer</c>: the timer of alarm(); null before there was one.</summary>
    public ClockEvent? Alarm { get; set; }

    /// <summary><c>wait_chldexit</c>.</summary>
    public WaitQueueHead ChildExit { get; } = new("of wait() for a child");

    /// <summary><c>flush_signal_handlers()</c> at execve(). Another process may have had the actions in common with this one, and keeps them.</summary>
    public void ForgetHandlers()
    {
        Actions = Actions.Copy();
        Actions.ForgetHandlers();
    }
}

/// <summary>What a task of a process has to do with signals; a kernel thread has none of it and no signal reaches it.</summary>
internal sealed class SignalState(SignalGroup group)
{
    public SignalGroup Group { get; } = group;

    /// <summary><c>pending</c>: for this thread alone.</summary>
    public PendingSignals Pending { get; } = new();

    /// <summary><c>blocked</c>.</summary>
    public SignalSet Blocked { get; set; }

    /// <summary>Something waits that is not blocked.</summary>
    public bool HasDeliverable => ((Pending.Set | Group.Pending.Set) & ~Blocked.Bits) != 0;
}

/// <summary><c>struct sigpending</c>: signals that wait. One of each, but real-time signals queue.</summary>
internal sealed class PendingSignals
{
    private readonly List<SignalInfo> _queue = [];

    public ulong Set { get; private set; }

    public void Add(in SignalInfo info)
    {
        ulong bit = 1ul << ((int)info.Signal - 1);
        if ((Set & bit) != 0 && info.Signal < Signal.SIGRTMIN)
            return;
        Set |= bit;
        _queue.Add(info);
    }

    /// <summary><c>next_signal()</c>: the lowest number that is not blocked, oldest first.</summary>
    public bool TryTake(SignalSet blocked, out SignalInfo info)
    {
        info = default;
        ulong ready = Set & ~blocked.Bits;
        if (ready == 0)
            return false;
        var signal = (Signal)(System.Numerics.BitOperations.TrailingZeroCount(ready) + 1);
        int index = _queue.FindIndex(each => each.Signal == signal);
        info = _queue[index];
        _queue.RemoveAt(index);
        if (!_queue.Exists(each => each.Signal == signal))
            Set &= ~(1ul << ((int)signal - 1));
        return true;
    }

    /// <summary>Forgets some, as when they are ignored from now on.</summary>
    public void Forget(SignalSet signals)
    {
        Set &= ~signals.Bits;
        _queue.RemoveAll(info => signals.Contains(info.Signal));
    }
}
