namespace DriverKit.Processes;

/// <summary>What an entry of the auxiliary vector says (<c>linux/auxvec.h</c>, getauxval(3)).</summary>
internal enum AuxType
{
    /// <summary><c>AT_NULL</c>: the end of the vector.</summary>
    Null = 0,

    /// <summary><c>AT_PHDR</c>: the address of the program headers.</summary>
    ProgramHeaders = 3,

    /// <summary><c>AT_PHENT</c>: bytes of a program header.</summary>
    ProgramHeaderSize = 4,

    /// <summary><c>AT_PHNUM</c>: how many there are.</summary>
    ProgramHeaderCount = 5,

    /// <summary><c>AT_PAGESZ</c>.</summary>
    PageSize = 6,

    /// <summary><c>AT_BASE</c>: where the dynamic linker is; 0: there is none.</summary>
    InterpreterBase = 7,

    /// <summary><c>AT_FLAGS</c>.</summary>
    Flags = 8,

    /// <summary><c>AT_ENTRY</c>: the program's first instruction.</summary>
    Entry = 9,

    /// <summary><c>AT_UID</c>.</summary>
    Uid = 11,

    /// <summary><c>AT_EUID</c>.</summary>
    EffectiveUid = 12,

    /// <summary><c>AT_GID</c>.</summary>
    Gid = 13,

    /// <summary><c>AT_EGID</c>.</summary>
    EffectiveGid = 14,

    /// <summary><c>AT_CLKTCK</c>: ticks a second, of times().</summary>
    ClockTicks = 17,

    /// <summary><c>AT_SECURE</c>: the program has more rights than who started it.</summary>
    Secure = 23,

    /// <summary><c>AT_EXECFN</c>: the address of the name it was started by.</summary>
    FileName = 31,
}

/// <summary>One entry of the auxiliary vector, what the kernel tells a new program beside its arguments.</summary>
internal readonly record struct AuxEntry(AuxType Type, ulong Value)
{
    private const ulong UserTicksPerSecond = 100;

    /// <summary>What is true of every process of the model: it runs as root.</summary>
    public static AuxEntry[] OfAnyProcess { get; } =
    [
        new(AuxType.PageSize, Primitives.PageGeometry.PageSize),
        new(AuxType.ClockTicks, UserTicksPerSecond),
        new(AuxType.Uid, 0),
        new(AuxType.EffectiveUid, 0),
        new(AuxType.Gid, 0),
        new(AuxType.EffectiveGid, 0),
        new(AuxType.Secure, 0),
    ];
}
