namespace DriverKit.Contracts;

/// <summary><c>vm_flags</c>: what an area is and allows (<c>linux/mm.h</c>). The values are those of Linux 2.6.20.</summary>
[Flags]
public enum VmFlags : uint
{
    /// <summary>No flag: PROT_NONE, private.</summary>
    None = 0,

    /// <summary><c>VM_READ</c>.</summary>
    Read = 0x1,

    /// <summary><c>VM_WRITE</c>.</summary>
    Write = 0x2,

    /// <summary><c>VM_EXEC</c>.</summary>
    Exec = 0x4,

    /// <summary><c>VM_SHARED</c>: stores reach the file or device. Cleared on a shared map of a read-only file; see <see cref="MayShare"/>.</summary>
    Shared = 0x8,

    /// <summary><c>VM_MAYREAD</c>: mprotect may allow reading.</summary>
    MayRead = 0x10,

    /// <summary><c>VM_MAYWRITE</c>: mprotect may allow writing.</summary>
    MayWrite = 0x20,

    /// <summary><c>VM_MAYEXEC</c>: mprotect may allow executing.</summary>
    MayExec = 0x40,

    /// <summary><c>VM_MAYSHARE</c>: the map was made with MAP_SHARED; what /proc/PID/maps prints as <c>s</c>.</summary>
    MayShare = 0x80,

    /// <summary><c>VM_GROWSDOWN</c>: a stack.</summary>
    GrowsDown = 0x100,

    /// <summary><c>VM_PFNMAP</c>: frames without page accounting (remap_pfn_range, vm_insert_pfn).</summary>
    PfnMap = 0x400,

    /// <summary><c>VM_LOCKED</c>.</summary>
    Locked = 0x2000,

    /// <summary><c>VM_IO</c>: device memory; no core dump, no get_user_pages.</summary>
    Io = 0x4000,

    /// <summary><c>VM_SEQ_READ</c>.</summary>
    SeqRead = 0x8000,

    /// <summary><c>VM_RAND_READ</c>.</summary>
    RandRead = 0x10000,

    /// <summary><c>VM_DONTCOPY</c>: fork leaves it out.</summary>
    DontCopy = 0x20000,

    /// <summary><c>VM_DONTEXPAND</c>: mremap may not grow it.</summary>
    DontExpand = 0x40000,

    /// <summary><c>VM_RESERVED</c>: not to be swapped out or merged; counted in reserved_vm.</summary>
    Reserved = 0x80000,

    /// <summary><c>VM_ACCOUNT</c>: its pages are charged to the memory that processes have been promised.</summary>
    Account = 0x100000,

    /// <summary><c>VM_NORESERVE</c>: MAP_NORESERVE; not charged. (Since 2.6.23.)</summary>
    NoReserve = 0x200000,

    /// <summary><c>VM_INSERTPAGE</c>: vm_insert_page has been used here.</summary>
    InsertPage = 0x2000000,

    /// <summary><c>VM_LOCKONFAULT</c>: locked pages come in when they are touched, not before. (Since 4.4; 2.6.20 uses the bit for nothing.)</summary>
    LockOnFault = 0x4000000,

    /// <summary><c>VM_DONTDUMP</c>: left out of a core dump. (Since 3.7; 2.6.20 uses the bit for nothing.)</summary>
    DontDump = 0x8000000,

    /// <summary><c>VM_NOHUGEPAGE</c>: no huge pages here. There are none in the model; MAP_STACK sets it all the same, and keeps the area from merging with others. (Since 2.6.38.)</summary>
    NoHugePage = 0x40000000,
}
