using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <content>System calls on open files.</content>
public sealed partial class UserProcess
{
    private const int StackBuffer = 64 * 1024;

    /// <summary>A thread's own stack, as far as buffers need one: that of the process is the first thread's.</summary>
    private UserVirtualAddress _threadStack;

    /// <summary>0666.</summary>
    private const UnixFileMode EverybodyReadsAndWrites = (UnixFileMode)0x1B6;

    /// <summary>0111.</summary>
    private const UnixFileMode EverybodyExecutes = (UnixFileMode)0x49;

    /// <summary>open(2).</summary>
    /// <param name="path">The path; without a slash in front it starts in the working directory.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">With O_CREAT, the permissions of a new file, less the umask.</param>
    /// <returns>The lowest free descriptor.</returns>
    /// <exception cref="SyscallException">EINVAL (O_CREAT with O_DIRECTORY), ENOENT, ENAMETOOLONG, EMFILE, ENOTDIR, EISDIR, EEXIST, EACCES, ETXTBSY (a program that runs, for writing), ENXIO (a node without a driver), or what the driver's open returns.</exception>
    public int Open(string path, OpenFlags flags = OpenFlags.ReadOnly, UnixFileMode mode = EverybodyReadsAndWrites) =>
        (int)Call(new OpenCall(NotNull(path), flags, mode)).Value;

    /// <summary>close(2). Mappings of the file hold it open.</summary>
    /// <exception cref="SyscallException">EBADF, or what the driver's flush returns; then too the descriptor is closed.</exception>
    public void Close(int fd) => Call(new CloseCall(fd));

    /// <summary>read(2) into the process's memory.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="SyscallException">EBADF, EISDIR, EINVAL (no read operation), EFAULT, or what the driver returns.</exception>
    public long Read(int fd, UserVirtualAddress buffer, ulong count) => Call(new ReadCall(fd, buffer, count)).Value;

    /// <summary>write(2) from the process's memory.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL (no write operation), EFAULT, EFBIG, or what the driver returns.</exception>
    public long Write(int fd, UserVirtualAddress buffer, ulong count) => Call(new WriteCall(fd, buffer, count)).Value;

    /// <summary>read(2) by way of a buffer on the simulated stack, or in a map of its own above 64 KiB.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="SyscallException">As <see cref="Read(int, UserVirtualAddress, ulong)"/>.</exception>
    public int Read(int fd, Span<byte> buffer)
    {
        UserVirtualAddress user = Borrow(buffer.Length);
        try
        {
            int read = (int)Read(fd, user, (ulong)buffer.Length);
            LoadBytes(user, buffer[..Math.Clamp(read, 0, buffer.Length)]);
            return read;
        }
        finally
        {
            Return(user, buffer.Length);
        }
    }

    /// <summary>write(2) by way of a buffer on the simulated stack, or in a map of its own above 64 KiB.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SyscallException">As <see cref="Write(int, UserVirtualAddress, ulong)"/>.</exception>
    public int Write(int fd, ReadOnlySpan<byte> buffer)
    {
        UserVirtualAddress user = Borrow(buffer.Length);
        try
        {
            StoreBytes(user, buffer);
            return (int)Write(fd, user, (ulong)buffer.Length);
        }
        finally
        {
            Return(user, buffer.Length);
        }
    }

    /// <summary>pread64(2) into the process's memory: as read(2), at a position of its own.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="SyscallException">EINVAL (a negative offset), or as <see cref="Read(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Pread(int fd, UserVirtualAddress buffer, ulong count, long offset) => Call(new PreadCall(fd, buffer, count, offset)).Value;

    /// <summary>pwrite64(2) from the process's memory: as write(2), at a position of its own. A file opened with O_APPEND is written at its end even so.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SyscallException">EINVAL (a negative offset), or as <see cref="Write(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Pwrite(int fd, UserVirtualAddress buffer, ulong count, long offset) => Call(new PwriteCall(fd, buffer, count, offset)).Value;

    /// <summary>lseek(2).</summary>
    /// <returns>The new position in bytes.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL, ESPIPE, or what the driver returns.</exception>
    public long Lseek(int fd, long offset, SeekWhence whence = SeekWhence.Set) => Call(new LseekCall(fd, offset, whence)).Value;

    /// <summary>ioctl(2) with a number, or the number of a user address. FIONBIO and its kin the kernel does itself.</summary>
    /// <returns>What the driver returns.</returns>
    /// <exception cref="SyscallException">EBADF, ENOTTY (no such command), or what the driver returns.</exception>
    public long Ioctl(int fd, uint command, ulong argument = 0) => Call(new IoctlCall(fd, command, argument)).Value;

    /// <summary>ioctl(2) with a user address.</summary>
    /// <returns>What the driver returns.</returns>
    /// <exception cref="SyscallException">As <see cref="Ioctl(int, uint, ulong)"/>.</exception>
    public long Ioctl(int fd, uint command, UserVirtualAddress argument) => Ioctl(fd, command, argument.Value);

    /// <summary>ftruncate(2): sets the size of a file. What it grows by is zero and takes no room; what it loses is gone from all mappings too.</summary>
    /// <exception cref="SyscallException">EINVAL (a negative length, not a regular file, not open for writing), EBADF, EFBIG, ENOMEM.</exception>
    public void Ftruncate(int fd, long length) => Call(new FtruncateCall(fd, length));

    /// <summary>fsync(2): what has been written to the file, through write() or a mapping, is on the disk afterwards.</summary>
    /// <exception cref="SyscallException">EBADF, EINVAL (not a file with storage), or what the driver returns.</exception>
    public void Fsync(int fd) => Call(new FsyncCall(fd));

    /// <summary>sync(2): fsync() of every file.</summary>
    public void Sync() => Call(default(SyncCall));

    /// <summary>fstat(2).</summary>
    /// <exception cref="SyscallException">EBADF.</exception>
    public FileStatus Fstat(int fd)
    {
        var status = new StrongBox<FileStatus>();
        Call(new FstatCall(fd, status));
        return status.Value;
    }

    /// <summary>getdents(2): the names in an open directory, from its position on; empty at the end. lseek() to 0 starts again.</summary>
    /// <exception cref="SyscallException">EBADF, ENOTDIR, ENOENT (the directory has been removed).</exception>
    public IReadOnlyList<DirectoryEntry> Getdents(int fd)
    {
        var entries = new StrongBox<IReadOnlyList<DirectoryEntry>>();
        Call(new GetdentsCall(fd, entries));
        return entries.Value!;
    }

    /// <summary>dup(2): another descriptor for the same opening; they share the position.</summary>
    /// <returns>The lowest free descriptor.</returns>
    /// <exception cref="SyscallException">EBADF, EMFILE.</exception>
    public int Dup(int fd) => (int)Call(new DupCall(fd)).Value;

    /// <summary>dup2(2): the same at a given number; what was open there is closed.</summary>
    /// <returns>The new descriptor.</returns>
    /// <exception cref="SyscallException">EBADF (also for a new descriptor above the limit).</exception>
    public int Dup2(int oldFd, int newFd) => (int)Call(new Dup2Call(oldFd, newFd)).Value;

    private UserVirtualAddress Borrow(int length)
    {
        if (length > StackBuffer)
            return Map((ulong)length);
        if (!IsThread)
            return (Mm.StartStack - (ulong)StackBuffer).PageAlignDown;
        if (_threadStack == default)
            _threadStack = Map(StackBuffer);
        return _threadStack;

        UserVirtualAddress Map(ulong bytes) => Mmap(default, bytes, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
    }

    private void Return(UserVirtualAddress user, int length)
    {
        if (length > StackBuffer && IsAlive)
            Munmap(user, (ulong)length);
    }
}
