using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <content>System calls on pipes.</content>
public sealed partial class UserProcess
{
    /// <summary>pipe(2) and pipe2(2): a pipe, which holds 16 pages at first.</summary>
    /// <param name="flags">O_CLOEXEC, O_NONBLOCK, O_DIRECT (each write is a packet).</param>
    /// <returns>The descriptors of the end to read from and of the end to write to.</returns>
    /// <exception cref="SyscallException">EINVAL (other flags), EMFILE.</exception>
    public (int Read, int Write) Pipe(OpenFlags flags = OpenFlags.ReadOnly)
    {
        var pair = new StrongBox<(int, int)>();
        Call(new PipeCall(flags, pair));
        return pair.Value;
    }

    /// <summary>pipe2(2) with the pair of descriptors in the process's memory.</summary>
    /// <param name="fildes">Where two ints go: the end to read from, the end to write to.</param>
    /// <param name="flags">O_CLOEXEC, O_NONBLOCK, O_DIRECT.</param>
    /// <exception cref="SyscallException">EINVAL (other flags), EMFILE, EFAULT.</exception>
    public void Pipe2(UserVirtualAddress fildes, OpenFlags flags) => Call(new Pipe2Call(fildes, flags));

    /// <summary>splice(2): moves bytes from or to a pipe, pages of files without copying.</summary>
    /// <param name="fdIn">Where from.</param>
    /// <param name="offIn">Where a position of its own is, 64 bits wide, which moves along; 0: the file's position.</param>
    /// <param name="fdOut">Where to; one of the two is a pipe, or both.</param>
    /// <param name="offOut">Where a position of its own is; 0: the file's position.</param>
    /// <param name="length">Bytes at most.</param>
    /// <param name="flags">Whether to wait for the pipe.</param>
    /// <returns>Bytes moved; 0 at the end, or when nobody writes to the pipe.</returns>
    /// <exception cref="SyscallException">EINVAL (unknown flags; no pipe, one pipe twice, O_APPEND, a file that cannot), EBADF, ESPIPE (a position in a pipe), EFAULT, EAGAIN, EPIPE, EINTR.</exception>
    public long Splice(int fdIn, UserVirtualAddress offIn, int fdOut, UserVirtualAddress offOut, ulong length, SpliceFlags flags) =>
        Call(new SpliceCall(fdIn, offIn, fdOut, offOut, length, flags)).Value;

    /// <summary>splice(2) at the files' positions.</summary>
    /// <returns>Bytes moved; 0 at the end, or when nobody writes to the pipe.</returns>
    /// <exception cref="SyscallException">As <see cref="Splice(int, UserVirtualAddress, int, UserVirtualAddress, ulong, SpliceFlags)"/>.</exception>
    public long Splice(int fdIn, int fdOut, ulong length, SpliceFlags flags = SpliceFlags.None) =>
        Splice(fdIn, default(UserVirtualAddress), fdOut, default(UserVirtualAddress), length, flags);

    /// <summary>splice(2) at positions of its own; null: the file's. They move by what it returns.</summary>
    /// <returns>Bytes moved; 0 at the end, or when nobody writes to the pipe.</returns>
    /// <exception cref="SyscallException">As <see cref="Splice(int, UserVirtualAddress, int, UserVirtualAddress, ulong, SpliceFlags)"/>.</exception>
    public long Splice(int fdIn, long? offIn, int fdOut, long? offOut, ulong length, SpliceFlags flags = SpliceFlags.None)
    {
        UserVirtualAddress offsets = Borrow(2 * sizeof(long));
        Store(offsets, offIn ?? 0);
        Store(offsets + sizeof(long), offOut ?? 0);
        return Splice(fdIn, offIn is null ? default : offsets, fdOut, offOut is null ? default : offsets + sizeof(long), length, flags);
    }

    /// <summary>tee(2): what is in a pipe is in another one too.</summary>
    /// <returns>Bytes doubled; 0 when there are none and nobody writes.</returns>
    /// <exception cref="SyscallException">EINVAL (unknown flags, not two pipes), EBADF, EAGAIN, EPIPE, EINTR.</exception>
    public long Tee(int fdIn, int fdOut, ulong length, SpliceFlags flags = SpliceFlags.None) => Call(new TeeCall(fdIn, fdOut, length, flags)).Value;

    /// <summary>vmsplice(2) with the array in the process's memory: its pages go into a pipe open for writing, and what it stores to them later is seen there; out of a
    /// pipe open for reading the bytes are copied.</summary>
    /// <param name="fd">An end of a pipe.</param>
    /// <param name="iov">An array of <c>struct iovec</c> in the process's memory: two words each, address and length.</param>
    /// <param name="count">How many.</param>
    /// <param name="flags">Whether to wait, and whether the pages are a gift.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="SyscallException">EINVAL (unknown flags, more than 1,024 buffers, a negative length), EBADF (not a pipe), EFAULT (not mapped, or device memory), EAGAIN, EPIPE, EINTR.</exception>
    public long Vmsplice(int fd, UserVirtualAddress iov, ulong count, SpliceFlags flags = SpliceFlags.None) => Call(new VmspliceCall(fd, iov, count, flags)).Value;

    /// <summary>vmsplice(2) by way of an array on the simulated stack.</summary>
    /// <returns>Bytes.</returns>
    /// <exception cref="SyscallException">As <see cref="Vmsplice(int, UserVirtualAddress, ulong, SpliceFlags)"/>.</exception>
    public long Vmsplice(int fd, ReadOnlySpan<Iovec> iov, SpliceFlags flags = SpliceFlags.None)
    {
        UserVirtualAddress array = BorrowVectors(iov, out int length);
        try
        {
            return Vmsplice(fd, array, (ulong)iov.Length, flags);
        }
        finally
        {
            Return(array, length);
        }
    }
}
