using System.Runtime.InteropServices;

namespace DriverKit.Benchmarks.Host;

/// <summary>The host kernel's own system calls, without the change of GC mode that would add to their time.</summary>
internal static unsafe partial class Libc
{
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int ProtExec = 4;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public const int MadvDontFork = 10;
    public const int MadvDoFork = 11;
    public const int MadvNoHugePage = 15;
    public const ulong Fionread = 0x541B;

    public static readonly void* MapFailed = (void*)-1;

    public static bool IsAvailable => OperatingSystem.IsLinux();

    [SuppressGCTransition]
    [DllImport("libc", EntryPoint = "mmap")]
    public static extern void* Mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [SuppressGCTransition]
    [DllImport("libc", EntryPoint = "munmap")]
    public static extern int Munmap(void* address, nuint length);

    [DllImport("libc", EntryPoint = "madvise")]
    public static extern int Madvise(void* address, nuint length, int advice);

    [DllImport("libc", EntryPoint = "memfd_create")]
    public static extern int MemfdCreate(byte* name, uint flags);

    [DllImport("libc", EntryPoint = "ftruncate")]
    public static extern int Ftruncate(int fd, long length);

    [DllImport("libc", EntryPoint = "pipe")]
    public static extern int Pipe(int* fds);

    [DllImport("libc", EntryPoint = "close")]
    public static extern int Close(int fd);

    [SuppressGCTransition]
    [DllImport("libc", EntryPoint = "ioctl")]
    public static extern int Ioctl(int fd, ulong request, int* argument);

    [DllImport("libc", EntryPoint = "waitpid")]
    public static extern int Waitpid(int pid, int* status, int options);

    /// <summary>Maps memory in small pages or stops the run.</summary>
    public static byte* MapOrThrow(nuint length, int flags, int fd)
    {
        void* memory = Mmap(null, length, ProtRead | ProtWrite, flags, fd, 0);
        if (memory == MapFailed)
            throw new InvalidOperationException($"The host's mmap of {length} bytes failed");
        Madvise(memory, length, MadvNoHugePage);
        return (byte*)memory;
    }
}
