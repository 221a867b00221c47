namespace DriverKit.Contracts;

/// <summary>What a process may be limited in (<c>RLIMIT_*</c>, <c>asm/resource.h</c>). The values are those of x86.</summary>
public enum RlimitResource
{
    /// <summary><c>RLIMIT_FSIZE</c>: bytes of a file it writes.</summary>
    FileSize = 1,

    /// <summary><c>RLIMIT_DATA</c>: bytes of private writable memory.</summary>
    Data = 2,

    /// <summary><c>RLIMIT_STACK</c>: bytes of the stack.</summary>
    Stack = 3,

    /// <summary><c>RLIMIT_CORE</c>: bytes of a core file.</summary>
    Core = 4,

    /// <summary><c>RLIMIT_RSS</c>: bytes resident; no Linux has ever enforced it.</summary>
    Rss = 5,

    /// <summary><c>RLIMIT_NPROC</c>: processes of the user; kept, not enforced.</summary>
    Processes = 6,

    /// <summary><c>RLIMIT_NOFILE</c>: one more than the highest descriptor.</summary>
    OpenFiles = 7,

    /// <summary><c>RLIMIT_MEMLOCK</c>: bytes locked in memory.</summary>
    MemLock = 8,

    /// <summary><c>RLIMIT_AS</c>: bytes of address space.</summary>
    AddressSpace = 9,
}

/// <summary><c>struct rlimit</c>.</summary>
/// <param name="Current"><c>rlim_cur</c>: the limit in force; <see cref="Infinity"/> for none.</param>
/// <param name="Maximum"><c>rlim_max</c>: how far the process may raise it.</param>
public readonly record struct Rlimit(ulong Current, ulong Maximum)
{
    /// <summary><c>RLIM_INFINITY</c>: no limit.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>No limit at all.</summary>
    public static Rlimit None => new(Infinity, Infinity);

    /// <summary>The two numbers, as getrlimit() fills them in.</summary>
    public override string ToString() => $"{{rlim_cur={Text(Current)}, rlim_max={Text(Maximum)}}}";

    private static string Text(ulong value) => value == Infinity ? "RLIM_INFINITY" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The limits of a process: <c>signal->rlim</c>. Fork copies them.</summary>
/// <remarks>The defaults are those a Linux starts its first process with (<c>INIT_RLIMITS</c>, asm-generic/resource.h).</remarks>
internal sealed class ResourceLimits
{
    private readonly Rlimit[] _limits;

    public ResourceLimits()
    {
        _limits = new Rlimit[10];
        Array.Fill(_limits, Rlimit.None);
        this[RlimitResource.Stack] = new(8ul << 20, Rlimit.Infinity);
        this[RlimitResource.Core] = new(0, Rlimit.Infinity);
        this[RlimitResource.OpenFiles] = new(1024, 4096);
        this[RlimitResource.MemLock] = new(8ul << 20, 8ul << 20);
    }

    private ResourceLimits(Rlimit[] limits) => _limits = limits;

    public Rlimit this[RlimitResource resource]
    {
        get => _limits[(int)resource];
        set => _limits[(int)resource] = value;
    }

    /// <summary>True for a limit that there is.</summary>
    public static bool IsKnown(RlimitResource resource) => Enum.IsDefined(resource);

    /// <summary>Who has them; null: nobody in particular.</summary>
    public Credentials? Holder { get; set; }

    /// <summary><c>rlimit(resource)</c>: the limit in force. Who has CAP_IPC_LOCK may lock any memory.</summary>
    public ulong Of(RlimitResource resource) =>
        resource == RlimitResource.MemLock && Holder is { } holder && holder.Has(Capability.IpcLock) ? Rlimit.Infinity : _limits[(int)resource].Current;

    public ResourceLimits Copy() => new([.. _limits]);
}
