namespace DriverKit.Scheduling;

/// <summary>What sigaction() can ask for (<c>SA_*</c>).</summary>
[Flags]
public enum SignalFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>SA_NOCLDWAIT</c>: children leave no zombie; for SIGCHLD.</summary>
    NoChildWait = 2,

    /// <summary><c>SA_RESTART</c>: a system call that the handler interrupts is made again.</summary>
    Restart = 0x10000000,

    /// <summary><c>SA_NODEFER</c>: the signal is not blocked while its handler runs.</summary>
    NoDefer = 0x40000000,

    /// <summary><c>SA_RESETHAND</c>: the handler is for one time.</summary>
    ResetHandler = 0x80000000,
}

/// <summary><c>struct sigaction</c>: what a process does when a signal comes.</summary>
public sealed record SignalAction
{
    /// <summary><c>SIG_DFL</c>: what signal(7) says.</summary>
    public static SignalAction Default { get; } = new();

    /// <summary><c>SIG_IGN</c>.</summary>
    public static SignalAction Ignore { get; } = new() { IsIgnored = true };

    /// <summary>A handler.</summary>
    /// <param name="handler">Runs in user mode, in the middle of whatever the program does in the kernel.</param>
    /// <param name="flags">How.</param>
    public static SignalAction Of(Action<SignalInfo> handler, SignalFlags flags = SignalFlags.None)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new() { Handler = handler, Flags = flags };
    }

    /// <summary><c>sa_handler</c>; null: the default, or to ignore it.</summary>
    public Action<SignalInfo>? Handler { get; init; }

    /// <summary>The handler is <c>SIG_IGN</c>.</summary>
    public bool IsIgnored { get; init; }

    /// <summary><c>sa_flags</c>.</summary>
    public SignalFlags Flags { get; init; }

    /// <summary><c>sa_mask</c>: signals that wait while the handler runs; bit n - 1 is signal n.</summary>
    public ulong Mask { get; init; }
}

/// <summary><c>struct sighand_struct</c>: the actions of a process; its threads share them.</summary>
internal sealed class SignalActions
{
    private readonly SignalAction[] _actions;

    public SignalActions()
    {
        _actions = new SignalAction[SignalSet.Count];
        Array.Fill(_actions, SignalAction.Default);
    }

    private SignalActions(SignalActions other) => _actions = [.. other._actions];

    public SignalAction this[Signal signal]
    {
        get => _actions[(int)signal - 1];
        set => _actions[(int)signal - 1] = value;
    }

    /// <summary>For a forked child.</summary>
    public SignalActions Copy() => new(this);

    /// <summary><c>flush_signal_handlers()</c> at execve(): handlers go, what is ignored stays so.</summary>
    public void ForgetHandlers()
    {
        foreach (ref SignalAction action in _actions.AsSpan())
            action = action.IsIgnored ? SignalAction.Ignore : SignalAction.Default;
    }

    /// <summary><c>sig_ignored()</c>, but for the mask: sending it does nothing.</summary>
    public bool Ignores(Signal signal) => this[signal] is { IsIgnored: true } || this[signal].Handler is null && SignalSet.IgnoredByDefault.Contains(signal);
}

/// <summary><c>sigset_t</c>: bit n - 1 is signal n.</summary>
internal readonly record struct SignalSet(ulong Bits)
{
    /// <summary><c>_NSIG</c>.</summary>
    public const int Count = 64;

    public static SignalSet IgnoredByDefault { get; } = Of(Signal.SIGCHLD, Signal.SIGCONT, Signal.SIGURG, Signal.SIGWINCH);

    public static SignalSet Uncatchable { get; } = Of(Signal.SIGKILL);

    public static SignalSet Of(params ReadOnlySpan<Signal> signals)
    {
        ulong bits = 0;
        foreach (Signal signal in signals)
            bits |= Bit(signal);
        return new(bits);
    }

    public bool Contains(Signal signal) => (Bits & Bit(signal)) != 0;

    /// <summary>A number that kill() and sigaction() take. Job control is not there.</summary>
    public static bool IsValid(Signal signal) => signal is > 0 and <= Signal.SIGRTMAX and not ((Signal)19 or (Signal)20 or (Signal)21 or (Signal)22);

    private static ulong Bit(Signal signal) => 1ul << ((int)signal - 1);
}
