using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>vmsplice(): the pages of a process go into a pipe, or what is in a pipe is copied to a process.</summary>
/// <remarks>Source: fs/splice.c; vmsplice(2).</remarks>
internal sealed class UserSplices
{
    /// <summary><c>UIO_MAXIOV</c>.</summary>
    private const int MaxVectors = 1024;

    /// <summary>Pages held at a time.</summary>
    private const int BatchPages = 16;

    private readonly KernelContext _context;
    private readonly Ram _ram;
    private readonly PageAllocator _allocator;
    private readonly UserAccess _userAccess;
    private readonly UserPages _userPages;
    private readonly Splicer _splicer;

    public UserSplices(KernelContext context, Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory, Splicer splicer)
    {
        _context = context;
        _ram = machine.Ram;
        _allocator = memory.PageAllocator;
        _userAccess = virtualMemory.UserAccess;
        _userPages = virtualMemory.UserPages;
        _splicer = splicer;
    }

    /// <summary><c>vmsplice</c>: into a pipe that is open for writing, out of one that is open for reading.</summary>
    /// <returns>Bytes; -EBADF, -EINVAL (too many buffers, a negative length), -EFAULT, -EAGAIN, -EPIPE, -ERESTARTSYS.</returns>
    public KernelResult Splice(OpenFile file, UserVirtualAddress iov, ulong count, SpliceFlags flags)
    {
        if ((file.FMode & (FileModes.Read | FileModes.Write)) == 0)
            return -Errno.EBADF;
        Span<Iovec> vectors = stackalloc Iovec[(int)Math.Min(count, MaxVectors)];
        KernelResult total = VectorCalls.Import(_userAccess, _context.Task.Mm!, iov, count, vectors, 0);
        if (total.Value <= 0)
            return total;
        if (PipeFiles.Of(file) is not { } pipe)
            return -Errno.EBADF;
        return (file.FMode & FileModes.Write) != 0 ? ToPipe(pipe, vectors, flags) : ToUser(pipe, vectors, flags);
    }

    /// <summary><c>vmsplice_to_pipe</c>. It waits for room once, at the start.</summary>
    private KernelResult ToPipe(Pipe pipe, ReadOnlySpan<Iovec> vectors, SpliceFlags flags)
    {
        long done = 0;
        KernelResult result;
        pipe.Lock();
        try
        {
            result = _splicer.WaitForSpace(pipe, flags);
            PipeBufferFlags kind = (flags & SpliceFlags.Gift) != 0 ? PipeBufferFlags.Gift : PipeBufferFlags.None;
            foreach (Iovec vector in vectors)
            {
                UserVirtualAddress at = vector.IovBase;
                for (ulong rest = vector.IovLen; rest != 0 && result.IsSuccess;)
                {
                    result = AddPages(pipe, at, rest, kind, out long added);
                    done += added;
                    at += added;
                    rest -= (ulong)added;
                }
            }
        }
        finally
        {
            pipe.Unlock();
        }

        if (done != 0)
            pipe.WakeReaders();
        return done != 0 ? done : result;
    }

    /// <summary><c>iter_to_pipe</c>: some pages of a range.</summary>
    /// <returns>0, -EFAULT, -ENOMEM, -EAGAIN, -EPIPE.</returns>
    private KernelResult AddPages(Pipe pipe, UserVirtualAddress at, ulong length, PipeBufferFlags kind, out long added)
    {
        added = 0;
        ulong wanted = Math.Min((at.PageOffset + length + PageGeometry.PageSize - 1) >> PageGeometry.PageShift, BatchPages);
        Page?[] pages = new Page?[wanted];
        KernelResult held = _userPages.GetFast(_context.Task.Mm!, at, pages);
        KernelResult result = held.IsError ? held : 0;
        for (int i = 0; i < held.Value; i++)
        {
            if (result.IsError)
            {
                _allocator.Put(pages[i]!);
                continue;
            }

            int offset = (int)(at + added).PageOffset;
            int piece = (int)Math.Min(PageGeometry.PageSize - (ulong)offset, length - (ulong)added);
            result = _splicer.Add(pipe, new PipeBuffer { Page = pages[i], Offset = offset, Len = piece, Flags = kind });
            added += Math.Max(result.Value, 0);
        }

        return result.IsError ? result : 0;
    }

    /// <summary><c>vmsplice_to_user</c>.</summary>
    private KernelResult ToUser(Pipe pipe, ReadOnlySpan<Iovec> vectors, SpliceFlags flags)
    {
        ulong total = 0;
        foreach (Iovec vector in vectors)
            total += vector.IovLen;
        Iovec[] rest = vectors.ToArray();
        int index = 0;
        return _splicer.FromPipe(pipe, null, 0, total, flags, Copy);

        KernelResult Copy(PipeInodeInfo _, in PipeBuffer buffer, in SpliceDesc desc)
        {
            int done = 0;
            while (done < desc.Len)
            {
                while (rest[index].IovLen == 0)
                    index++;
                int piece = (int)Math.Min((ulong)(desc.Len - done), rest[index].IovLen);
                ReadOnlySpan<byte> bytes = _ram.Frame(buffer.Page!.Pfn).Slice(buffer.Offset + done, piece);
                if (_userAccess.CopyTo(_context.Task.Mm, rest[index].IovBase, bytes) != 0)
                    return -Errno.EFAULT;
                rest[index] = new(rest[index].IovBase + (ulong)piece, rest[index].IovLen - (ulong)piece);
                done += piece;
            }

            return done;
        }
    }
}
