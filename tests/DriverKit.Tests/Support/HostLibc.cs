using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DriverKit.Tests.Support;

/// <summary>A test whose judge is the host's own kernel.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostLinuxTheoryAttribute : TheoryAttribute
{
    public HostLinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64)
            Skip = "The judge is the host's kernel: this test needs Linux on x86-64.";
    }
}

/// <summary>A test that takes on other users on the host, which only root can.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostRootTheoryAttribute : TheoryAttribute
{
    public HostRootTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64 || HostLibc.Geteuid() != 0)
            Skip = "The judge is the host's kernel, by the eyes of several users: this test needs Linux on x86-64, and root.";
    }
}

/// <summary>The host kernel's system calls on files. Each returns what the kernel returns: a result, or the negated errno.</summary>
internal static class HostLibc
{
    private const int StatSize = 144;

    public static long Open(string path, OpenFlags flags, int mode) => Result(open(path, (int)flags, mode));

    public static long Close(int fd) => Result(close(fd));

    public static long Read(int fd, byte[] buffer) => Result(read(fd, buffer, buffer.Length));

    public static long Write(int fd, byte[] buffer) => Result(write(fd, buffer, buffer.Length));

    public static long Lseek(int fd, long offset, SeekWhence whence) => Result(lseek(fd, offset, (int)whence));

    public static long Ftruncate(int fd, long length) => Result(ftruncate(fd, length));

    public static long Truncate(string path, long length) => Result(truncate(path, length));

    public static long Mkdir(string path, UnixFileMode mode = (UnixFileMode)0x1FF) => Result(mkdir(path, (int)mode));

    public static long Rmdir(string path) => Result(rmdir(path));

    public static long Unlink(string path) => Result(unlink(path));

    public static long Link(string from, string to) => Result(link(from, to));

    public static long Rename(string from, string to) => Result(rename(from, to));

    public static long Chmod(string path, UnixFileMode mode) => Result(chmod(path, (int)mode));

    public static long Chown(string path, uint? uid, uint? gid) => Result(chown(path, uid ?? uint.MaxValue, gid ?? uint.MaxValue));

    /// <summary>Files are this user's and group's business from here on, for the calling thread only; who is not root has no capabilities for files.</summary>
    public static void SetFileUser(uint uid, uint gid)
    {
        _ = setfsgid(gid);
        _ = setfsuid(uid);
    }

    public static uint Geteuid() => geteuid();

    public static long Dup(int fd) => Result(dup(fd));

    public static long Dup3(int oldFd, int newFd, OpenFlags flags) => Result(dup3(oldFd, newFd, (int)flags));

    public static long Fcntl(int fd, FcntlCommand command, long argument) => Result(fcntl(fd, (int)command, argument));

    public static long Ioctl(int fd, uint command, ulong argument) => Result(ioctl(fd, command, argument));

    public static long Readv(int fd, Iovec[] iov) => Result(readv(fd, iov, iov.Length));

    public static long Writev(int fd, Iovec[] iov) => Result(writev(fd, iov, iov.Length));

    public static long Preadv(int fd, Iovec[] iov, long offset) => Result(preadv(fd, iov, iov.Length, offset));

    public static long Pwritev(int fd, Iovec[] iov, long offset) => Result(pwritev(fd, iov, iov.Length, offset));

    public static (long Result, HostStatus Status) Stat(string path)
    {
        byte[] buffer = new byte[StatSize];
        long result = Result(stat(path, buffer));
        return (result, new(buffer));
    }

    public static (long Result, HostStatus Status) Fstat(int fd)
    {
        byte[] buffer = new byte[StatSize];
        long result = Result(fstat(fd, buffer));
        return (result, new(buffer));
    }

    private static long Result(long result) => result == -1 ? -Marshal.GetLastPInvokeError() : result;

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int fd);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(int fd, byte[] buffer, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int fd, byte[] buffer, nint count);

    [DllImport("libc", SetLastError = true)]
    private static extern long lseek(int fd, long offset, int whence);

    [DllImport("libc", SetLastError = true)]
    private static extern int ftruncate(int fd, long length);

    [DllImport("libc", SetLastError = true)]
    private static extern int truncate([MarshalAs(UnmanagedType.LPUTF8Str)] string path, long length);

    [DllImport("libc", SetLastError = true)]
    private static extern int mkdir([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int rmdir([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlink([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", SetLastError = true)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true)]
    private static extern int rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true)]
    private static extern int chmod([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int chown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint uid, uint gid);

    [DllImport("libc")]
    private static extern int setfsuid(uint uid);

    [DllImport("libc")]
    private static extern int setfsgid(uint gid);

    [DllImport("libc")]
    private static extern uint geteuid();

    [DllImport("libc", SetLastError = true)]
    private static extern int dup(int fd);

    [DllImport("libc", SetLastError = true)]
    private static extern int dup3(int oldFd, int newFd, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(int fd, int command, long argument);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int fd, ulong command, ulong argument);

    [DllImport("libc", SetLastError = true)]
    private static extern nint readv(int fd, Iovec[] iov, int count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint writev(int fd, Iovec[] iov, int count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint preadv(int fd, Iovec[] iov, int count, long offset);

    [DllImport("libc", SetLastError = true)]
    private static extern nint pwritev(int fd, Iovec[] iov, int count, long offset);

    [DllImport("libc", SetLastError = true)]
    private static extern int stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] buffer);

    [DllImport("libc", SetLastError = true)]
    private static extern int fstat(int fd, byte[] buffer);
}

/// <summary>What of the host's <c>struct stat</c> a file system may not choose for itself.</summary>
internal readonly record struct HostStatus(uint Kind, ulong Links, long Size)
{
    /// <summary>Kind, permissions, owner and group.</summary>
    public (uint Mode, uint Uid, uint Gid) Rights { get; init; }

    public HostStatus(byte[] stat)
        : this(BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(24)) & 0xF000, BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(stat.AsSpan(48))) =>
        Rights = (BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(24)), BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(28)), BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(32)));

    /// <summary>Of a directory only that it is one: how it counts links and bytes is the file system's own.</summary>
    public HostStatus Comparable => Kind == 0x4000 ? new(Kind, 0, 0) : this with { Rights = default };
}
