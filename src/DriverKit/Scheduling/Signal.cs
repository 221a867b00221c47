namespace DriverKit.Scheduling;

/// <summary>The signals of i386 and x86-64 (<c>asm/signal.h</c>). 32 to 64 are the real-time signals, which queue.</summary>
/// <remarks>Job control is not there: nothing stops a process, so SIGSTOP, SIGTSTP, SIGTTIN and SIGTTOU are missing. Source: signal(7).</remarks>
public enum Signal
{
    /// <summary>No signal: kill() with it only looks whether the process is there.</summary>
    None = 0,

    /// <summary>Hangup.</summary>
    SIGHUP = 1,

    /// <summary>Interrupt from the keyboard.</summary>
    SIGINT = 2,

    /// <summary>Quit from the keyboard.</summary>
    SIGQUIT = 3,

    /// <summary>Illegal instruction.</summary>
    SIGILL = 4,

    /// <summary>Breakpoint.</summary>
    SIGTRAP = 5,

    /// <summary>abort().</summary>
    SIGABRT = 6,

    /// <summary>Bus error: mapped, but nothing there.</summary>
    SIGBUS = 7,

    /// <summary>Arithmetic error.</summary>
    SIGFPE = 8,

    /// <summary>Killed: cannot be caught.</summary>
    SIGKILL = 9,

    /// <summary>The program's own.</summary>
    SIGUSR1 = 10,

    /// <summary>Invalid memory reference.</summary>
    SIGSEGV = 11,

    /// <summary>The program's own.</summary>
    SIGUSR2 = 12,

    /// <summary>Written to a pipe that nobody reads.</summary>
    SIGPIPE = 13,

    /// <summary>The timer of alarm().</summary>
    SIGALRM = 14,

    /// <summary>Asked to end.</summary>
    SIGTERM = 15,

    /// <summary>Stack fault of the coprocessor; unused.</summary>
    SIGSTKFLT = 16,

    /// <summary>A child has ended. Ignored unless caught.</summary>
    SIGCHLD = 17,

    /// <summary>Go on after a stop. Ignored unless caught.</summary>
    SIGCONT = 18,

    /// <summary>Urgent data on a socket. Ignored unless caught.</summary>
    SIGURG = 23,

    /// <summary>CPU time is over.</summary>
    SIGXCPU = 24,

    /// <summary>The file is too large.</summary>
    SIGXFSZ = 25,

    /// <summary>A timer of the process's own time.</summary>
    SIGVTALRM = 26,

    /// <summary>A timer for profiling.</summary>
    SIGPROF = 27,

    /// <summary>The window has another size. Ignored unless caught.</summary>
    SIGWINCH = 28,

    /// <summary>A file with O_ASYNC can be read or written (<c>kill_fasync()</c>).</summary>
    SIGIO = 29,

    /// <summary>Power fails.</summary>
    SIGPWR = 30,

    /// <summary>A bad system call.</summary>
    SIGSYS = 31,

    /// <summary>The first real-time signal of the kernel.</summary>
    SIGRTMIN = 32,

    /// <summary>The last one.</summary>
    SIGRTMAX = 64,
}

/// <summary>Why (<c>si_code</c>).</summary>
public enum SignalCode
{
    /// <summary><c>SI_USER</c>: kill().</summary>
    User = 0,

    /// <summary><c>SI_KERNEL</c>: the kernel's decision.</summary>
    Kernel = 0x80,

    /// <summary><c>SI_TKILL</c>: tgkill().</summary>
    Tkill = -6,

    /// <summary><c>SEGV_MAPERR</c>: nothing is mapped at the address.</summary>
    MAPERR = 1,

    /// <summary><c>SEGV_ACCERR</c>: the mapping does not allow the access.</summary>
    ACCERR = 2,

    /// <summary><c>BUS_ADRERR</c>: the mapping has nothing at the address. Linux numbers it 2, apart from SEGV_ACCERR by the signal; here it has a number of its own.</summary>
    ADRERR = 0x102,

    /// <summary><c>CLD_EXITED</c>: the child has exited. Linux numbers it 1.</summary>
    Exited = 0x201,

    /// <summary><c>CLD_KILLED</c>: a signal has killed the child. Linux numbers it 2.</summary>
    Killed = 0x202,

    /// <summary><c>POLL_IN</c>: there is something to read. Linux numbers it 1.</summary>
    PollIn = 0x301,

    /// <summary><c>POLL_OUT</c>: there is room to write. Linux numbers it 2.</summary>
    PollOut = 0x302,

    /// <summary><c>POLL_MSG</c>. Linux numbers it 3.</summary>
    PollMsg = 0x303,

    /// <summary><c>POLL_ERR</c>. Linux numbers it 4.</summary>
    PollErr = 0x304,

    /// <summary><c>POLL_PRI</c>. Linux numbers it 5.</summary>
    PollPri = 0x305,

    /// <summary><c>POLL_HUP</c>. Linux numbers it 6.</summary>
    PollHup = 0x306,
}

/// <summary><c>siginfo_t</c>: what a handler learns.</summary>
/// <param name="Signal"><c>si_signo</c>.</param>
/// <param name="Code"><c>si_code</c>.</param>
/// <param name="Pid"><c>si_pid</c>: who sent it; the child for SIGCHLD.</param>
/// <param name="Value"><c>si_value</c>, <c>si_status</c>, <c>si_fd</c> or <c>si_addr</c>, as the code says.</param>
public readonly record struct SignalInfo(Signal Signal, SignalCode Code = SignalCode.User, int Pid = 0, ulong Value = 0);
