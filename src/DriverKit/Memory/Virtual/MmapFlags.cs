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

    /// <summary><c>MAP_POPULATE</c>: fill the page tables now.</summary>
    Populate = 0x8000,

    /// <summary><c>MAP_NONBLOCK</c>: with MAP_POPULATE, only what needs no waiting.</summary>
    NonBlock = 0x10000,
}
