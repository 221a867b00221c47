using System.Buffers.Binary;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <content>System calls on descriptors, and those that take several buffers.</content>
public sealed partial class UserProcess
{
    /// <summary>fcntl(2).</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="command">What to do.</param>
    /// <param name="argument">A descriptor, or flags.</param>
    /// <returns>The new descriptor, the flags, or 0.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL (an unknown command; F_DUPFD from above the limit), EMFILE.</exception>
    public int Fcntl(int fd, FcntlCommand command, long argument = 0) => (int)Call(new FcntlCall(fd, command, argument)).Value;

    /// <summary>dup3(2): as <see cref="Dup2"/>, with O_CLOEXEC if asked for.</summary>
    /// <returns>The new descriptor.</returns>
    /// <exception cref="SyscallException">EINVAL (another flag, or twice the same descriptor), EBADF (also for a new descriptor above the limit).</exception>
    public int Dup3(int oldFd, int newFd, OpenFlags flags) => (int)Call(new Dup3Call(oldFd, newFd, flags)).Value;

    /// <summary>readv(2): one buffer is filled after the other.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="iov">An array of <c>struct iovec</c> in the process's memory: two words each, address and length.</param>
    /// <param name="count">How many; at most 1,024.</param>
    /// <returns>Bytes read in all; 0 at the end.</returns>
    /// <exception cref="SyscallException">EINVAL (too many, a negative length, or a sum that is one), EFAULT, or as <see cref="Read(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Readv(int fd, UserVirtualAddress iov, ulong count) => Call(new ReadvCall(fd, iov, count)).Value;

    /// <summary>readv(2), with the array by way of the simulated stack.</summary>
    /// <returns>Bytes read in all; 0 at the end.</returns>
    /// <exception cref="SyscallException">As <see cref="Readv(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Readv(int fd, ReadOnlySpan<Iovec> iov)
    {
        UserVirtualAddress array = BorrowVectors(iov, out int length);
        try
        {
            return Readv(fd, array, (ulong)iov.Length);
        }
        finally
        {
            Return(array, length);
        }
    }

    /// <summary>writev(2): one buffer is written after the other.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="iov">An array of <c>struct iovec</c> in the process's memory: two words each, address and length.</param>
    /// <param name="count">How many; at most 1,024.</param>
    /// <returns>Bytes written in all.</returns>
    /// <exception cref="SyscallException">EINVAL (too many, a negative length, or a sum that is one), EFAULT, or as <see cref="Write(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Writev(int fd, UserVirtualAddress iov, ulong count) => Call(new WritevCall(fd, iov, count)).Value;

    /// <summary>writev(2), with the array by way of the simulated stack.</summary>
    /// <returns>Bytes written in all.</returns>
    /// <exception cref="SyscallException">As <see cref="Writev(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Writev(int fd, ReadOnlySpan<Iovec> iov)
    {
        UserVirtualAddress array = BorrowVectors(iov, out int length);
        try
        {
            return Writev(fd, array, (ulong)iov.Length);
        }
        finally
        {
            Return(array, length);
        }
    }

    /// <summary>preadv(2): as readv(2), at a position of its own.</summary>
    /// <returns>Bytes read in all; 0 at the end.</returns>
    /// <exception cref="SyscallException">EINVAL (a negative offset), ESPIPE, or as <see cref="Readv(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Preadv(int fd, UserVirtualAddress iov, ulong count, long offset) => Call(new PreadvCall(fd, iov, count, offset)).Value;

    /// <summary>preadv(2), with the array by way of the simulated stack.</summary>
    /// <returns>Bytes read in all; 0 at the end.</returns>
    /// <exception cref="SyscallException">As <see cref="Preadv(int, UserVirtualAddress, ulong, long)"/>.</exception>
    public long Preadv(int fd, ReadOnlySpan<Iovec> iov, long offset)
    {
        UserVirtualAddress array = BorrowVectors(iov, out int length);
        try
        {
            return Preadv(fd, array, (ulong)iov.Length, offset);
        }
        finally
        {
            Return(array, length);
        }
    }

    /// <summary>pwritev(2): as writev(2), at a position of its own. A file opened with O_APPEND is written at its end even so.</summary>
    /// <returns>Bytes written in all.</returns>
    /// <exception cref="SyscallException">EINVAL (a negative offset), ESPIPE, or as <see cref="Writev(int, UserVirtualAddress, ulong)"/>.</exception>
    public long Pwritev(int fd, UserVirtualAddress iov, ulong count, long offset) => Call(new PwritevCall(fd, iov, count, offset)).Value;

    /// <summary>pwritev(2), with the array by way of the simulated stack.</summary>
    /// <returns>Bytes written in all.</returns>
    /// <exception cref="SyscallException">As <see cref="Pwritev(int, UserVirtualAddress, ulong, long)"/>.</exception>
    public long Pwritev(int fd, ReadOnlySpan<Iovec> iov, long offset)
    {
        UserVirtualAddress array = BorrowVectors(iov, out int length);
        try
        {
            return Pwritev(fd, array, (ulong)iov.Length, offset);
        }
        finally
        {
            Return(array, length);
        }
    }

    /// <summary>Lays an array of iovecs out in the process's memory, in words of its machine.</summary>
    private UserVirtualAddress BorrowVectors(ReadOnlySpan<Iovec> iov, out int length)
    {
        int word = Mm.Layout.PointerSize;
        byte[] bytes = new byte[length = iov.Length * 2 * word];
        for (int i = 0; i < iov.Length; i++)
        {
            Span<byte> pair = bytes.AsSpan(i * 2 * word, 2 * word);
            WriteWord(pair, iov[i].IovBase.Value);
            WriteWord(pair[word..], iov[i].IovLen);
        }

        UserVirtualAddress array = Borrow(length);
        StoreBytes(array, bytes);
        return array;

        void WriteWord(Span<byte> to, ulong value)
        {
            if (word == sizeof(uint))
                BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)value);
            else
                BinaryPrimitives.WriteUInt64LittleEndian(to, value);
        }
    }
}
