using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <content>Signals: what a process does about them on its way back to user mode, and the system calls.</content>
public sealed partial class UserProcess
{
    /// <summary>Children that have ended, and for which wait() has not been called.</summary>
    internal List<(int Pid, WaitStatus Status)> Zombies { get; } = [];

    /// <summary><c>it_real_timer</c>: the timer of alarm().</summary>
    internal ClockEvent AlarmTimer =>
        Task.Signals!.Group.Alarm ??= new ClockEvent(() => Kernel.Signals.SendToProcess(Task, new SignalInfo(Signal.SIGALRM, SignalCode.Kernel)));

    /// <summary>kill(2): sends a signal to a process; <see cref="Signal.None"/> only looks whether it is there.</summary>
    /// <param name="pid">The process; 0 or -1: every process but this one.</param>
    /// <param name="signal">The signal.</param>
    /// <exception cref="SyscallException">EINVAL (no such signal), ESRCH (no such process), EPERM (a process of another user, without CAP_KILL; of many, those are left out).</exception>
    public void Kill(int pid, Signal signal) => Call(new KillCall(pid, signal));

    /// <summary>tgkill(2): sends a signal to one thread.</summary>
    /// <exception cref="SyscallException">EINVAL, ESRCH, EPERM (a process of another user, without CAP_KILL).</exception>
    public void Tgkill(int tgid, int tid, Signal signal) => Call(new TgkillCall(tgid, tid, signal));

    /// <summary>sigaction(2): what the process does when a signal comes.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="action">The default, to ignore it, or a handler. A handler runs in user mode on the way back from the kernel, and may make system calls.</param>
    /// <returns>What it did before.</returns>
    /// <exception cref="SyscallException">EINVAL: no such signal, or SIGKILL.</exception>
    public SignalAction Sigaction(Signal signal, SignalAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        SignalActions actions = Task.Signals!.Group.Actions;
        SignalAction old = SignalSet.IsValid(signal) ? actions[signal] : SignalAction.Default;
        Call(new SigactionCall(signal, action));
        return old;
    }

    /// <summary>sigprocmask(2): which signals wait; bit n - 1 is signal n.</summary>
    /// <param name="how">Whether to add, take away or set.</param>
    /// <param name="set">The signals.</param>
    /// <returns>Those that waited before.</returns>
    /// <exception cref="SyscallException">EINVAL.</exception>
    public ulong Sigprocmask(SignalMaskHow how, ulong set)
    {
        ulong old = Task.Signals!.Blocked.Bits;
        Call(new SigprocmaskCall(how, set));
        return old;
    }

    /// <summary>sigpending(2): the signals that wait because they are blocked.</summary>
    public ulong Sigpending() => unchecked((ulong)Call(default(SigpendingCall)).Value);

    /// <summary>pause(2): sleeps until a handler has run.</summary>
    /// <exception cref="SyscallException">EINTR, always.</exception>
    public void Pause() => Call(default(PauseCall));

    /// <summary>alarm(2): SIGALRM after so many seconds of virtual time.</summary>
    /// <param name="seconds">0: no more.</param>
    /// <returns>Seconds that were left of the last one, rounded up.</returns>
    public uint Alarm(uint seconds) => (uint)Call(new AlarmCall(seconds)).Value;

    /// <summary>nanosleep(2), in virtual time.</summary>
    /// <param name="time">How long; at least zero.</param>
    /// <exception cref="SyscallException">EINVAL, EINTR (a handler has run).</exception>
    public void Nanosleep(TimeSpan time) => Call(new NanosleepCall(time, Kernel.Context.Scheduler.Clock.Now));

    /// <summary>sched_yield(2): lets others run.</summary>
    public void SchedYield() => Call(default(SchedYieldCall));

    /// <summary>wait(2): sleeps until a child has ended.</summary>
    /// <returns>Which, and how.</returns>
    /// <exception cref="SyscallException">ECHILD (no child), EINTR.</exception>
    public (int Pid, WaitStatus Status) Wait() => Waitpid(-1);

    /// <summary>waitpid(2).</summary>
    /// <param name="pid">The child; -1 or 0: any.</param>
    /// <param name="options">Whether to sleep.</param>
    /// <returns>Which, and how; pid 0: with WNOHANG, none has ended yet.</returns>
    /// <exception cref="SyscallException">ECHILD (no such child), EINVAL, EINTR.</exception>
    public (int Pid, WaitStatus Status) Waitpid(int pid, WaitOptions options = WaitOptions.None)
    {
        var status = new System.Runtime.CompilerServices.StrongBox<WaitStatus>();
        return ((int)Call(new WaitpidCall(pid, options, status)).Value, status.Value);
    }

    /// <summary><c>do_signal()</c>: on the way back to user mode, every signal that is not blocked is acted upon.</summary>
    /// <param name="errno">How the system call has ended.</param>
    /// <returns>True to make the call again.</returns>
    /// <exception cref="SignalException">One has killed the process.</exception>
    private bool HandleSignals(Errno errno)
    {
        bool handled = false;
        bool again = errno.IsRestart;
        while (TakeSignal(out SignalInfo info))
        {
            SignalActions actions = Task.Signals!.Group.Actions;
            SignalAction action = actions[info.Signal];
            if (info.Signal != Signal.SIGKILL && actions.Ignores(info.Signal))
                continue;
            Action<SignalInfo> handler = action.Handler ?? throw DieOfSignal(info);
            if (!handled)
                again = errno == Errno.ERESTARTNOINTR || errno == Errno.ERESTARTSYS && (action.Flags & SignalFlags.Restart) != 0;
            handled = true;
            RunHandler(info, action, handler);
        }

        return again;
    }

    /// <summary><c>ret_from_fork</c>: a signal may have come before the program has started.</summary>
    internal void ReturnFromFork()
    {
        if (Task.SignalPending)
            HandleSignals(Errno.None);
    }

    private bool TakeSignal(out SignalInfo info)
    {
        using (Kernel.Context.Enter(Task))
            return Kernel.Signals.TryTake(Task, out info);
    }

    /// <summary><c>setup_frame()</c>, the handler, and <c>sigreturn()</c>.</summary>
    private void RunHandler(in SignalInfo info, SignalAction action, Action<SignalInfo> handler)
    {
        SignalState state = Task.Signals!;
        SignalSet old = state.Blocked;
        ulong own = (action.Flags & SignalFlags.NoDefer) == 0 ? SignalSet.Of(info.Signal).Bits : 0;
        Signals.SetBlocked(Task, new(old.Bits | action.Mask | own));
        if ((action.Flags & SignalFlags.ResetHandler) != 0)
            state.Group.Actions[info.Signal] = SignalAction.Default;
        try
        {
            handler(info);
        }
        finally
        {
            Signals.SetBlocked(Task, old);
        }
    }

    /// <summary><c>force_sig_info()</c> for a bad access: its handler runs and the access is made again; without one it is an exception.</summary>
    private bool HandleFault(FaultResult result, UserVirtualAddress address)
    {
        (Signal signal, SignalCode code) = result switch
        {
            FaultResult.NoMapping => (Signal.SIGSEGV, SignalCode.MAPERR),
            FaultResult.BadAccess => (Signal.SIGSEGV, SignalCode.ACCERR),
            FaultResult.BusError => (Signal.SIGBUS, SignalCode.ADRERR),
            _ => (Signal.None, SignalCode.Kernel),
        };
        if (signal == Signal.None || Task.Signals!.Blocked.Contains(signal))
            return false;
        SignalAction action = Task.Signals.Group.Actions[signal];
        if (action.Handler is not { } handler)
            return false;
        RunHandler(new SignalInfo(signal, code, 0, address.Value), action, handler);
        return true;
    }

    private SignalException DieOfSignal(in SignalInfo info)
    {
        Die(info.Signal, onlyThread: ProcessTable.IsOfFellow(info));
        string sender = info.Code == SignalCode.User ? $", sent by process {info.Pid}" : "";
        return new SignalException(info.Signal, info.Code, default, $"{info.Signal}: {this} was killed by the signal{sender}");
    }
}
