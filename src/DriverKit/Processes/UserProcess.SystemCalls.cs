using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <content>The system calls.</content>
public sealed partial class UserProcess
{
    private const int StackBuffer = 64 * 1024;

    /// <summary>open(2).</summary>
    /// <returns>The lowest free descriptor.</returns>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, EISDIR, EACCES, ENXIO (a node without a driver), EMFILE, or what the driver's open returns.</exception>
    public int Open(string path, OpenFlags flags = OpenFlags.ReadOnly) => (int)Call(new OpenCall(path, flags)).Value;

    /// <summary>close(2). Mappings of the file hold it open.</summary>
    /// <exception cref="SyscallException">EBADF.</exception>
    public void Close(int fd) => Call(new CloseCall(fd));

    /// <summary>read(2) into the process's memory.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="SyscallException">EBADF, EISDIR, EINVAL (no read operation), EFAULT, or what the driver returns.</exception>
    public long Read(int fd, UserVirtualAddress buffer, ulong count) => Call(new ReadCall(fd, buffer, count)).Value;

    /// <summary>write(2) from the process's memory.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL (no write operation), EFAULT, or what the driver returns.</exception>
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

    /// <summary>lseek(2).</summary>
    /// <returns>The new position in bytes.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL, ESPIPE, or what the driver returns.</exception>
    public long Lseek(int fd, long offset, SeekWhence whence = SeekWhence.Set) => Call(new LseekCall(fd, offset, whence)).Value;

    /// <summary>ioctl(2) with a number, or the number of a user address.</summary>
    /// <returns>What the driver returns.</returns>
    /// <exception cref="SyscallException">EBADF, ENOTTY (no such command), or what the driver returns.</exception>
    public long Ioctl(int fd, uint command, ulong argument = 0) => Call(new IoctlCall(fd, command, argument)).Value;

    /// <summary>ioctl(2) with a user address.</summary>
    /// <returns>What the driver returns.</returns>
    /// <exception cref="SyscallException">As <see cref="Ioctl(int, uint, ulong)"/>.</exception>
    public long Ioctl(int fd, uint command, UserVirtualAddress argument) => Ioctl(fd, command, argument.Value);

    /// <summary>mmap(2).</summary>
    /// <param name="address">Where, with MAP_FIXED; otherwise a wish; default: anywhere.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="protection">What is allowed.</param>
    /// <param name="flags">MAP_SHARED or MAP_PRIVATE, and more.</param>
    /// <param name="fd">The file, or -1 with MAP_ANONYMOUS.</param>
    /// <param name="offset">Where in the file, in bytes; whole pages.</param>
    /// <returns>Where the map starts.</returns>
    /// <exception cref="SyscallException">EINVAL, EBADF, EACCES, ENODEV (no mmap operation), ENOMEM, EOVERFLOW, or what the driver's mmap returns.</exception>
    public UserVirtualAddress Mmap(
        UserVirtualAddress address, ulong length, Protection protection, MapFlags flags, int fd = -1, ulong offset = 0) =>
        new((ulong)Call(new MmapCall(address, length, protection, flags, fd, offset)).Value);

    /// <summary>munmap(2). A range in which nothing is mapped is no error.</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM.</exception>
    public void Munmap(UserVirtualAddress address, ulong length) => Call(new MunmapCall(address, length));

    /// <summary>mprotect(2).</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM (a hole), EACCES (the file does not allow it).</exception>
    public void Mprotect(UserVirtualAddress address, ulong length, Protection protection) => Call(new MprotectCall(address, length, protection));

    /// <summary>brk(2), the kernel's form: moves the end of the heap if it can.</summary>
    /// <param name="brk">The new end; default: only ask.</param>
    /// <returns>Where the heap ends now.</returns>
    public UserVirtualAddress Brk(UserVirtualAddress brk = default) => new((ulong)Call(new BrkCall(brk)).Value);

    /// <summary>fork(2): a copy of the process that shares its pages until either side stores to them.</summary>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Fork() => Kernel.Find((int)Call(default(ForkCall)).Value)!;

    /// <summary>exit(2): unmaps everything, closes everything.</summary>
    public void Exit(int code = 0)
    {
        Call(default(ExitCall));
        ExitCode = code;
    }

    private UserVirtualAddress Borrow(int length) => length <= StackBuffer
        ? (Mm.StartStack - (ulong)StackBuffer).PageAlignDown
        : Mmap(default, (ulong)length, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);

    private void Return(UserVirtualAddress user, int length)
    {
        if (length > StackBuffer && IsAlive)
            Munmap(user, (ulong)length);
    }
}
