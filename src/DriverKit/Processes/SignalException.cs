using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>A signal that the kit delivers (<c>asm/signal.h</c>).</summary>
public enum Signal
{
    /// <summary>Bus error: mapped, but nothing there.</summary>
    SIGBUS = 7,

    /// <summary>Killed: cannot be caught.</summary>
    SIGKILL = 9,

    /// <summary>Invalid memory reference.</summary>
    SIGSEGV = 11,
}

/// <summary>Why (<c>si_code</c>).</summary>
public enum SignalCode
{
    /// <summary><c>SI_KERNEL</c>: the kernel's decision.</summary>
    Kernel = 0x80,

    /// <summary><c>SEGV_MAPERR</c>: nothing is mapped at the address.</summary>
    MAPERR = 1,

    /// <summary><c>SEGV_ACCERR</c>: the mapping does not allow the access.</summary>
    ACCERR = 2,

    /// <summary><c>BUS_ADRERR</c>: the mapping has nothing at the address. Linux numbers it 2, apart from SEGV_ACCERR by the signal; here it has a number of its own.</summary>
    ADRERR = 0x102,
}

/// <summary>The processor stopped a load or store of a process and the kernel sent a signal. Catching the exception is what a handler is to a
/// program; SIGKILL has killed the process already.</summary>
public sealed class SignalException : Exception
{
    internal SignalException(Signal signal, SignalCode code, UserVirtualAddress address, string message)
        : base(message)
    {
        Signal = signal;
        Code = code;
        Address = address;
    }

    /// <summary>Which signal (<c>si_signo</c>).</summary>
    public Signal Signal { get; }

    /// <summary>Why (<c>si_code</c>).</summary>
    public SignalCode Code { get; }

    /// <summary>The address that was touched (<c>si_addr</c>).</summary>
    public UserVirtualAddress Address { get; }
}
