using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

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
