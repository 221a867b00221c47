namespace DriverKit.Memory.Virtual;

/// <summary>How a page fault ended.</summary>
public enum FaultResult
{
    /// <summary>Resolved; the instruction is run again.</summary>
    Minor,

    /// <summary>Resolved with I/O; the instruction is run again.</summary>
    Major,

    /// <summary>SIGSEGV with SEGV_MAPERR: no area there.</summary>
    NoMapping,

    /// <summary>SIGSEGV with SEGV_ACCERR: the area does not allow the access.</summary>
    BadAccess,

    /// <summary>SIGBUS with BUS_ADRERR: the area has nothing at that offset.</summary>
    BusError,

    /// <summary>No memory: the process is killed.</summary>
    OutOfMemory,
}
