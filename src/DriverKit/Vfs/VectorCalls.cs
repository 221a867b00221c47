using System.Buffers.Binary;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>readv() and writev(): a file's aio_read or aio_write for all buffers; without one its read or write for each, until one transfers less than it holds.</summary>
/// <remarks>Source: fs/read_write.c (<c>do_loop_readv_writev</c>) and lib/iov_iter.c (<c>import_iovec</c>); readv(2).</remarks>
internal static class VectorCalls
{
    /// <summary><c>UIO_MAXIOV</c>.</summary>
    private const int MaxVectors = 1024;

    /// <summary><c>vfs_readv</c>: EBADF, EINVAL without a method, then the buffers, EISDIR, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Read(UserAccess access, MmStruct mm, OpenFile file, UserVirtualAddress iov, ulong count, ref long position)
    {
        bool isDirectory = file.Inode.Type == InodeType.Directory;
        if ((file.FMode & FileModes.Read) == 0)
            return -Errno.EBADF;
        if (file.FOp.Read is null && file.FOp.AioRead is null && !isDirectory)
            return -Errno.EINVAL;
        Span<Iovec> vectors = stackalloc Iovec[(int)Math.Min(count, MaxVectors)];
        KernelResult total = Import(access, mm, iov, count, vectors, position);
        if (total.Value <= 0)
            return total;
        if (isDirectory)
            return -Errno.EISDIR;
        return file.FOp.AioRead is null
            ? ReadEach(file, file.FOp.Read!, vectors, ref position)
            : SyncKiocb.Read(KernelContext.Current!.Scheduler, file, vectors.ToArray(), ref position);
    }

    /// <summary><c>do_loop_readv_writev</c>.</summary>
    public static KernelResult ReadEach(OpenFile file, ReadOperation read, ReadOnlySpan<Iovec> vectors, ref long position)
    {
        long done = 0;
        foreach (Iovec vector in vectors)
        {
            KernelResult result = read(file, vector.IovBase, vector.IovLen, ref position);
            if (result.Value < 0)
                return done != 0 ? done : result;
            done += result.Value;
            if (result.Value != (long)vector.IovLen || PipeFiles.Of(file) is { IsEmpty: true })
                break;
        }

        return done;
    }

    /// <summary><c>vfs_writev</c>: EBADF, EINVAL without a method, then the buffers, EINVAL for a bad position, then the driver.</summary>
    public static KernelResult Write(UserAccess access, MmStruct mm, OpenFile file, UserVirtualAddress iov, ulong count, ref long position)
    {
        if ((file.FMode & FileModes.Write) == 0)
            return -Errno.EBADF;
        if (file.FOp.Write is null && file.FOp.AioWrite is null)
            return -Errno.EINVAL;
        Span<Iovec> vectors = stackalloc Iovec[(int)Math.Min(count, MaxVectors)];
        KernelResult total = Import(access, mm, iov, count, vectors, position);
        if (total.Value <= 0)
            return total;
        return file.FOp.AioWrite is null
            ? WriteEach(file, file.FOp.Write!, vectors, ref position)
            : SyncKiocb.Write(KernelContext.Current!.Scheduler, file, vectors.ToArray(), ref position);
    }

    /// <summary><c>do_loop_readv_writev</c>.</summary>
    public static KernelResult WriteEach(OpenFile file, WriteOperation write, ReadOnlySpan<Iovec> vectors, ref long position)
    {
        long done = 0;
        foreach (Iovec vector in vectors)
        {
            KernelResult result = write(file, vector.IovBase, vector.IovLen, ref position);
            if (result.Value < 0)
                return done != 0 ? done : result;
            done += result.Value;
            if (result.Value != (long)vector.IovLen)
                break;
        }

        return done;
    }

    /// <summary>Copies the buffers' addresses and lengths before the driver runs, so that nothing changes them any more, and checks them: lengths first, then addresses.
    /// What goes beyond the most that one call transfers is cut off.</summary>
    /// <returns>Bytes in all; -EINVAL for too many buffers, a negative length, a sum that is one, or a bad position; -EFAULT.</returns>
    internal static KernelResult Import(UserAccess access, MmStruct mm, UserVirtualAddress iov, ulong count, Span<Iovec> vectors, long position)
    {
        if (count > MaxVectors)
            return -Errno.EINVAL;
        if (!Fetch(access, mm, iov, vectors))
            return -Errno.EFAULT;
        foreach (Iovec vector in vectors)
        {
            if (access.IsNegative(vector.IovLen))
                return -Errno.EINVAL;
        }

        ulong total = 0;
        foreach (Iovec vector in vectors)
        {
            if (!access.AccessOk(vector.IovBase, vector.IovLen))
                return -Errno.EFAULT;
            total += vector.IovLen;
        }

        if (access.IsNegative(total))
            return -Errno.EINVAL;
        ulong rest = total = Math.Min(total, FileCalls.MaxCount);
        foreach (ref Iovec vector in vectors)
        {
            vector = vector with { IovLen = Math.Min(vector.IovLen, rest) };
            rest -= vector.IovLen;
        }

        return total != 0 && (position < 0 || position > long.MaxValue - (long)total) ? -Errno.EINVAL : total;
    }

    /// <summary>An iovec is two words, as wide as the machine's.</summary>
    private static bool Fetch(UserAccess access, MmStruct mm, UserVirtualAddress iov, Span<Iovec> vectors)
    {
        int word = access.PointerSize;
        Span<byte> raw = stackalloc byte[vectors.Length * 2 * word];
        if (access.CopyFrom(mm, raw, iov) != 0)
            return false;
        for (int i = 0; i < vectors.Length; i++)
        {
            ReadOnlySpan<byte> pair = raw.Slice(i * 2 * word, 2 * word);
            vectors[i] = word == sizeof(uint)
                ? new(new(BinaryPrimitives.ReadUInt32LittleEndian(pair)), BinaryPrimitives.ReadUInt32LittleEndian(pair[word..]))
                : new(new(BinaryPrimitives.ReadUInt64LittleEndian(pair)), BinaryPrimitives.ReadUInt64LittleEndian(pair[word..]));
        }

        return true;
    }
}
