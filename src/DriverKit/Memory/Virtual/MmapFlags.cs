namespace DriverKit.Memory.Virtual;

/// <summary>What a mapping allows (<c>PROT_*</c>, <c>asm/mman.h</c>).</summary>
[Flags]
public enum Protection
{
    /// <summary><c>PROT_NONE</c>.</summary>
    None = 0,

    /// <summary><c>PROT_READ</c>.</summary>
    Read = 1,

    /// <summary><c>PROT_WRITE</c>.</summary>
    Write = 2,

    /// <summary><c>PROT_EXEC</c>.</summary>
    Exec = 4,

    /// <summary><c>PROT_SEM</c>: accepted and without effect on x86.</summary>
    Sem = 8,

    /// <summary><c>PROT_GROWSDOWN</c>: mprotect() only: down to the start of an area that grows down.</summary>
    GrowsDown = 0x01000000,

    /// <summary><c>PROT_GROWSUP</c>: mprotect() only: EINVAL, for no x86 area grows up.</summary>
    GrowsUp = 0x02000000,
}

/// <summary>The flags of mmap() (<c>MAP_*</c>, <c>asm/mman.h</c>).</summary>
[Flags]
public enum MapFlags
{
    /// <summary>Neither shared nor private: EINVAL.</summary>
    None = 0,

    /// <summary><c>MAP_SHARED</c>: stores reach the file or device.</summary>
    Shared = 0x01,

    /// <summary><c>MAP_PRIVATE</c>: stores go to a private copy.</summary>
    Private = 0x02,

    /// <summary><c>MAP_SHARED_VALIDATE</c>: of a file, like <see cref="Shared"/>, but unknown flags are EOPNOTSUPP.</summary>
    SharedValidate = 0x03,

    /// <summary><c>LEGACY_MAP_MASK</c>: every flag older than MAP_SHARED_VALIDATE.</summary>
    Legacy = 0x7ff7f,

    /// <summary><c>MAP_TYPE</c>: masks the kind.</summary>
    Type = 0x0f,

    /// <summary><c>MAP_FIXED</c>: exactly there; what was mapped there goes.</summary>
    Fixed = 0x10,

    /// <summary><c>MAP_ANONYMOUS</c>: zeroed memory, no file.</summary>
    Anonymous = 0x20,

    /// <summary><c>MAP_GROWSDOWN</c>: a stack: it grows down when the process touches what lies below it.</summary>
    GrowsDown = 0x100,

    /// <summary><c>MAP_DENYWRITE</c>: ignored.</summary>
    DenyWrite = 0x800,

    /// <summary><c>MAP_EXECUTABLE</c>: ignored.</summary>
    Executable = 0x1000,

    /// <summary><c>MAP_LOCKED</c>: locked in memory, as by mlock(), but a page that cannot be had is no error.</summary>
    Locked = 0x2000,

    /// <summary><c>MAP_NORESERVE</c>: not charged to the memory that processes have been promised.</summary>
    NoReserve = 0x4000,

    /// <summary><c>MAP_POPULATE</c>: fill the page tables now.</summary>
    Populate = 0x8000,

    /// <summary><c>MAP_NONBLOCK</c>: with MAP_POPULATE, only what needs no waiting.</summary>
    NonBlock = 0x10000,

    /// <summary><c>MAP_STACK</c>: no huge pages there, since 6.7.</summary>
    Stack = 0x20000,

    /// <summary><c>MAP_FIXED_NOREPLACE</c>: exactly there, but EEXIST if something is mapped there.</summary>
    FixedNoReplace = 0x100000,
}

/// <summary>The flags of mremap() (<c>MREMAP_*</c>, <c>linux/mman.h</c>).</summary>
[Flags]
public enum MremapFlags
{
    /// <summary>Only where it is.</summary>
    None = 0,

    /// <summary><c>MREMAP_MAYMOVE</c>: it may move if it cannot grow where it is.</summary>
    MayMove = 1,

    /// <summary><c>MREMAP_FIXED</c>: to that address; what is mapped there goes.</summary>
    Fixed = 2,

    /// <summary><c>MREMAP_DONTUNMAP</c>: the pages move, the old area stays, empty.</summary>
    DontUnmap = 4,
}

/// <summary>What madvise() can be told (<c>MADV_*</c>, <c>asm-generic/mman-common.h</c>).</summary>
public enum MemoryAdvice
{
    /// <summary><c>MADV_NORMAL</c>.</summary>
    Normal = 0,

    /// <summary><c>MADV_RANDOM</c>: read-ahead is no use.</summary>
    Random = 1,

    /// <summary><c>MADV_SEQUENTIAL</c>: pages are used in order.</summary>
    Sequential = 2,

    /// <summary><c>MADV_WILLNEED</c>: it will be used soon: read it in.</summary>
    WillNeed = 3,

    /// <summary><c>MADV_DONTNEED</c>: the pages may go; anonymous memory reads as zero afterwards, a file as what it holds.</summary>
    DontNeed = 4,

    /// <summary><c>MADV_DONTFORK</c>: a child does not get the area.</summary>
    DontFork = 10,

    /// <summary><c>MADV_DOFORK</c>: undoes <see cref="DontFork"/>.</summary>
    DoFork = 11,

    /// <summary><c>MADV_DONTDUMP</c>: left out of a core dump.</summary>
    DontDump = 16,

    /// <summary><c>MADV_DODUMP</c>: undoes <see cref="DontDump"/>.</summary>
    DoDump = 17,
}

/// <summary>The flags of msync() (<c>MS_*</c>, <c>asm-generic/mman-common.h</c>).</summary>
[Flags]
public enum MsyncFlags
{
    /// <summary>None: like <see cref="Async"/>.</summary>
    None = 0,

    /// <summary><c>MS_ASYNC</c>: changes will be written some time; Linux starts nothing.</summary>
    Async = 1,

    /// <summary><c>MS_INVALIDATE</c>: EBUSY for locked memory; otherwise nothing, for all maps of a file share its pages.</summary>
    Invalidate = 2,

    /// <summary><c>MS_SYNC</c>: write the changes of shared maps to the storage now.</summary>
    Sync = 4,
}

/// <summary>The flags of mlockall() (<c>MCL_*</c>, <c>asm-generic/mman.h</c>).</summary>
[Flags]
public enum MlockallFlags
{
    /// <summary>None: EINVAL.</summary>
    None = 0,

    /// <summary><c>MCL_CURRENT</c>: everything that is mapped now.</summary>
    Current = 1,

    /// <summary><c>MCL_FUTURE</c>: everything that will be mapped.</summary>
    Future = 2,

    /// <summary><c>MCL_ONFAULT</c>: with one of the others: pages come in when they are touched, and stay.</summary>
    OnFault = 4,
}
