namespace DriverKit.Contracts;

/// <summary>What only a privileged process may do, one bit each (<c>CAP_*</c>, <c>linux/capability.h</c>). The number of a capability is that of its bit.</summary>
[Flags]
public enum Capability : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>CAP_CHOWN</c>: give files away.</summary>
    Chown = 1u << 0,

    /// <summary><c>CAP_DAC_OVERRIDE</c>: open files whatever their mode.</summary>
    DacOverride = 1u << 1,

    /// <summary><c>CAP_DAC_READ_SEARCH</c>: read files and look through directories whatever their mode.</summary>
    DacReadSearch = 1u << 2,

    /// <summary><c>CAP_FOWNER</c>: what else only the owner of a file may do.</summary>
    Fowner = 1u << 3,

    /// <summary><c>CAP_FSETID</c>: keep the set-group bit of a file of another group.</summary>
    Fsetid = 1u << 4,

    /// <summary><c>CAP_KILL</c>: signal processes of others.</summary>
    Kill = 1u << 5,

    /// <summary><c>CAP_SETGID</c>: change to any group.</summary>
    Setgid = 1u << 6,

    /// <summary><c>CAP_SETUID</c>: change to any user.</summary>
    Setuid = 1u << 7,

    /// <summary><c>CAP_SETPCAP</c>: give capabilities to other processes.</summary>
    Setpcap = 1u << 8,

    /// <summary><c>CAP_LINUX_IMMUTABLE</c>.</summary>
    LinuxImmutable = 1u << 9,

    /// <summary><c>CAP_NET_BIND_SERVICE</c>.</summary>
    NetBindService = 1u << 10,

    /// <summary><c>CAP_NET_BROADCAST</c>.</summary>
    NetBroadcast = 1u << 11,

    /// <summary><c>CAP_NET_ADMIN</c>: set up the network.</summary>
    NetAdmin = 1u << 12,

    /// <summary><c>CAP_NET_RAW</c>.</summary>
    NetRaw = 1u << 13,

    /// <summary><c>CAP_IPC_LOCK</c>: lock memory without a limit.</summary>
    IpcLock = 1u << 14,

    /// <summary><c>CAP_IPC_OWNER</c>.</summary>
    IpcOwner = 1u << 15,

    /// <summary><c>CAP_SYS_MODULE</c>: load modules.</summary>
    SysModule = 1u << 16,

    /// <summary><c>CAP_SYS_RAWIO</c>: ports, and memory by its physical address.</summary>
    SysRawio = 1u << 17,

    /// <summary><c>CAP_SYS_CHROOT</c>.</summary>
    SysChroot = 1u << 18,

    /// <summary><c>CAP_SYS_PTRACE</c>.</summary>
    SysPtrace = 1u << 19,

    /// <summary><c>CAP_SYS_PACCT</c>.</summary>
    SysPacct = 1u << 20,

    /// <summary><c>CAP_SYS_ADMIN</c>: set up the system; what a driver asks for when nothing else fits.</summary>
    SysAdmin = 1u << 21,

    /// <summary><c>CAP_SYS_BOOT</c>.</summary>
    SysBoot = 1u << 22,

    /// <summary><c>CAP_SYS_NICE</c>.</summary>
    SysNice = 1u << 23,

    /// <summary><c>CAP_SYS_RESOURCE</c>: raise limits.</summary>
    SysResource = 1u << 24,

    /// <summary><c>CAP_SYS_TIME</c>: set the clock.</summary>
    SysTime = 1u << 25,

    /// <summary><c>CAP_SYS_TTY_CONFIG</c>.</summary>
    SysTtyConfig = 1u << 26,

    /// <summary><c>CAP_MKNOD</c>: make device nodes.</summary>
    Mknod = 1u << 27,

    /// <summary><c>CAP_LEASE</c>.</summary>
    Lease = 1u << 28,

    /// <summary><c>CAP_AUDIT_WRITE</c>.</summary>
    AuditWrite = 1u << 29,

    /// <summary><c>CAP_AUDIT_CONTROL</c>.</summary>
    AuditControl = 1u << 30,

    /// <summary>All that Linux 2.6.20 has.</summary>
    All = (1u << 31) - 1,
}
