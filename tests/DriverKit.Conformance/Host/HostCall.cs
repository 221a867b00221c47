namespace DriverKit.Conformance.Host;

/// <summary>Numbers of system calls on x86-64, and of what the executor does besides.</summary>
internal static class HostCall
{
    public const ulong Read = 0, Write = 1, Open = 2, Close = 3, Lseek = 8, Pread = 17, Pwrite = 18, Dup2 = 33;
    public const ulong Ioctl = 16, Splice = 275, Tee = 276, Vmsplice = 278, Pipe2 = 293, Sigaction = 13;
    public const ulong Fsync = 74, Ftruncate = 77, Chdir = 80, Unlink = 87, Umask = 95;
    public const ulong Mmap = 9, Mprotect = 10, Munmap = 11, Brk = 12, Mremap = 25, Msync = 26, Mincore = 27, Madvise = 28;
    public const ulong Mlock = 149, Munlock = 150, Mlockall = 151, Munlockall = 152;
    public const ulong Setgroups = 116, Setresuid = 117, Setresgid = 119, Personality = 135, Prctl = 157, Setrlimit = 160, CloseRange = 436;

    /// <summary>Load1, Load2, Load4, Load8: by the logarithm of the width.</summary>
    public const ulong Load = 0x10000;

    /// <summary>Store1, Store2, Store4, Store8.</summary>
    public const ulong Store = 0x10004;

    /// <summary>One number for many words of memory; see <see cref="MemoryHash"/>.</summary>
    public const ulong Hash = 0x10008;

    /// <summary>fork: the child goes on, the parent waits and leaves out as many requests as argument 1 says.</summary>
    public const ulong Fork = 0x10009;

    /// <summary>Ends a child.</summary>
    public const ulong End = 0x1000A;
}
