using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>A system call failed: what C sees as -1 and <c>errno</c>.</summary>
public sealed class SyscallException : Exception
{
    internal SyscallException(string call, Errno errno)
        : base($"{call}: {errno.Name} ({errno.Message})")
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>The call with its arguments, or why there was none.</summary>
    public string Call { get; }

    /// <summary><c>errno</c>.</summary>
    public Errno Errno { get; }
}
