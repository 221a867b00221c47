using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>splice() and tee(): pages go into pipes, out of them and from one to another by reference.</summary>
/// <remarks>Source: fs/splice.c; splice(2), tee(2). A pipe is locked while something is put in or taken out, and not while anybody waits.</remarks>
internal sealed class Splicer(KernelContext context, PageAllocator allocator, PipeFiles pipes)
{
    /// <summary><c>SPLICE_F_ALL</c>.</summary>
    public const SpliceFlags AllFlags = SpliceFlags.Move | SpliceFlags.NonBlock | SpliceFlags.More | SpliceFlags.Gift;

    private bool SignalPending => context.Task.SignalPending;

    /// <summary><c>do_splice</c>. Pipes have no offsets; that has been looked at.</summary>
    /// <param name="input">Where from.</param>
    /// <param name="offIn">A position of the call's own; null: the file's.</param>
    /// <param name="output">Where to.</param>
    /// <param name="offOut">A position of the call's own; null: the file's.</param>
    /// <param name="length">Bytes at most.</param>
    /// <param name="flags">Whether to wait for the pipe.</param>
    /// <returns>Bytes moved; -EBADF, -EINVAL, -EAGAIN, -EPIPE, or what the file's operation returns.</returns>
    public KernelResult Splice(OpenFile input, ref long? offIn, OpenFile output, ref long? offOut, ulong length, SpliceFlags flags)
    {
        if ((input.FMode & FileModes.Read) == 0 || (output.FMode & FileModes.Write) == 0)
            return -Errno.EBADF;
        Pipe? from = PipeFiles.Of(input), to = PipeFiles.Of(output);
        if (from is not null && to is not null)
            return from == to ? -Errno.EINVAL : Between(from, to, length, Nonblocking(flags, input, output));
        if (from is not null)
            return ToFile(from, output, ref offOut, length, Nonblocking(flags, input, input));
        return to is not null ? FromFile(input, ref offIn, to, length, Nonblocking(flags, output, output)) : -Errno.EINVAL;
    }

    /// <summary><c>do_tee</c>: what is in one pipe is in another too.</summary>
    /// <returns>Bytes doubled; -EBADF, -EINVAL (not two pipes), -EAGAIN, -EPIPE, -ERESTARTSYS.</returns>
    public KernelResult Tee(OpenFile input, OpenFile output, ulong length, SpliceFlags flags)
    {
        Pipe? from = PipeFiles.Of(input), to = PipeFiles.Of(output);
        if ((input.FMode & FileModes.Read) == 0 || (output.FMode & FileModes.Write) == 0)
            return -Errno.EBADF;
        if (from is null || to is null || from == to)
            return -Errno.EINVAL;
        if (Prepare(from, to, Nonblocking(flags, input, output)) is { IsError: true } error)
            return error;
        Pipe.LockBoth(from, to);
        ulong done = 0;
        KernelResult end = 0;
        for (int i = 0; done < length; i++)
        {
            if (to.Readers == 0)
            {
                end = pipes.Broken();
                break;
            }

            if (i == from.Nrbufs || to.IsFull)
                break;
            done += (ulong)Share(from.At(i), to, length - done);
        }

        to.Unlock();
        from.Unlock();
        if (done != 0)
            to.WakeReaders();
        return done != 0 ? done : end;
    }

    /// <summary><c>wait_for_space</c>. The pipe is locked, and is so again afterwards.</summary>
    /// <returns>0, -EPIPE with SIGPIPE, -EAGAIN, -ERESTARTSYS.</returns>
    public KernelResult WaitForSpace(Pipe pipe, SpliceFlags flags)
    {
        while (true)
        {
            if (pipe.Readers == 0)
                return pipes.Broken();
            if (!pipe.IsFull)
                return 0;
            if ((flags & SpliceFlags.NonBlock) != 0)
                return -Errno.EAGAIN;
            if (SignalPending)
                return -Errno.ERESTARTSYS;
            pipe.Unlock();
            _ = pipe.WaitWritable();
            pipe.Lock();
        }
    }

    /// <summary><c>splice_from_pipe_next</c>: waits until there is something to take. The pipe is locked, and is so again afterwards.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="flags">Whether to wait.</param>
    /// <param name="done">Bytes taken already: with some, it does not wait for more.</param>
    /// <returns>1; 0 when there is nothing more to come; -EAGAIN, -ERESTARTSYS.</returns>
    public KernelResult WaitForData(Pipe pipe, SpliceFlags flags, ulong done)
    {
        if (SignalPending)
            return -Errno.ERESTARTSYS;
        while (pipe.IsEmpty)
        {
            if (pipe.Writers == 0 || done != 0)
                return 0;
            if ((flags & SpliceFlags.NonBlock) != 0)
                return -Errno.EAGAIN;
            if (SignalPending)
                return -Errno.ERESTARTSYS;
            pipe.Unlock();
            _ = pipe.WaitReadable();
            pipe.Lock();
        }

        return 1;
    }

    /// <summary><c>splice_from_pipe</c>: an actor takes what is in a pipe, buffer by buffer.</summary>
    /// <returns>Bytes taken; 0 when there is nothing more to come; -EAGAIN, -ERESTARTSYS, or what the actor returns for the first.</returns>
    public KernelResult FromPipe(Pipe pipe, OpenFile? file, long position, ulong length, SpliceFlags flags, SpliceActor actor)
    {
        ulong done = 0;
        KernelResult result = 0;
        bool wakes = false;
        pipe.Lock();
        try
        {
            while (done < length && (result = WaitForData(pipe, flags, done)).Value > 0)
            {
                int piece = (int)Math.Min((ulong)pipe.Oldest.Len, length - done);
                result = actor(pipe, pipe.Oldest, new SpliceDesc(piece, length - done, flags, position + (long)done, file));
                if (result.Value <= 0)
                    break;
                piece = (int)Math.Min(result.Value, piece);
                done += (ulong)piece;
                wakes |= pipe.Consume(piece);
            }
        }
        finally
        {
            pipe.Unlock();
        }

        if (wakes)
            pipe.WakeWriters();
        return done != 0 ? done : result;
    }

    /// <summary>Puts a page into a pipe if there is room; its reference goes over or is dropped.</summary>
    /// <returns>Bytes put, -EPIPE with SIGPIPE, -EAGAIN.</returns>
    public KernelResult Add(Pipe pipe, in PipeBuffer buffer)
    {
        if (pipe.Readers != 0 && !pipe.IsFull)
        {
            pipe.Push(buffer);
            return buffer.Len;
        }

        allocator.Put(buffer.Page!);
        return pipe.Readers == 0 ? pipes.Broken() : -Errno.EAGAIN;
    }

    private static SpliceFlags Nonblocking(SpliceFlags flags, OpenFile one, OpenFile other) =>
        ((one.FFlags | other.FFlags) & OpenFlags.NonBlock) != 0 ? flags | SpliceFlags.NonBlock : flags;

    /// <summary><c>rw_verify_area</c>.</summary>
    private static KernelResult Verify(long position, ulong length) =>
        length > long.MaxValue || position < 0 || position > long.MaxValue - (long)length ? -Errno.EINVAL : 0;

    /// <summary><c>do_splice_from</c>.</summary>
    private static KernelResult ToFile(Pipe from, OpenFile output, ref long? offset, ulong length, SpliceFlags flags)
    {
        if (offset is not null && (output.FMode & FileModes.Pwrite) == 0)
            return -Errno.EINVAL;
        if ((output.FFlags & OpenFlags.Append) != 0)
            return -Errno.EINVAL;
        long position = offset ?? output.FPos;
        if (Verify(position, length) is { IsError: true } error)
            return error;
        if (output.FOp.SpliceWrite is not { } write)
            return -Errno.EINVAL;
        KernelResult result = write(from, output, ref position, length, flags);
        SetPosition(output, ref offset, position);
        return result;
    }

    /// <summary><c>splice_file_to_pipe</c>: never more than the pipe has room for.</summary>
    private KernelResult FromFile(OpenFile input, ref long? offset, Pipe to, ulong length, SpliceFlags flags)
    {
        if (offset is not null && (input.FMode & FileModes.Pread) == 0)
            return -Errno.EINVAL;
        long position = offset ?? input.FPos;
        if (Verify(position, length) is { IsError: true } error)
            return error;
        KernelResult result;
        to.Lock();
        try
        {
            result = WaitForSpace(to, flags);
            if (result.IsSuccess)
            {
                ulong room = (ulong)(to.Slots - to.Nrbufs) << PageGeometry.PageShift;
                result = input.FOp.SpliceRead is { } read ? read(input, ref position, to, Math.Min(length, room), flags) : -Errno.EINVAL;
            }
        }
        finally
        {
            to.Unlock();
        }

        if (result.Value > 0)
            to.WakeReaders();
        SetPosition(input, ref offset, position);
        return result;
    }

    private static void SetPosition(OpenFile file, ref long? offset, long position)
    {
        if (offset is null)
            file.FPos = position;
        else
            offset = position;
    }

    /// <summary><c>splice_pipe_to_pipe</c>: whole buffers move, the last one may be shared.</summary>
    private KernelResult Between(Pipe from, Pipe to, ulong length, SpliceFlags flags)
    {
        while (true)
        {
            if (Prepare(from, to, flags) is { IsError: true } error)
                return error;
            Pipe.LockBoth(from, to);
            KernelResult result = Move(from, to, length, flags, out bool hasMoved, out bool again);
            to.Unlock();
            from.Unlock();
            if (result.Value > 0)
                to.WakeReaders();
            if (hasMoved)
                from.WakeWriters();
            if (!again)
                return result;
        }
    }

    private KernelResult Move(Pipe from, Pipe to, ulong length, SpliceFlags flags, out bool hasMoved, out bool again)
    {
        ulong done = 0;
        hasMoved = again = false;
        while (done < length)
        {
            if (to.Readers == 0)
            {
                KernelResult broken = pipes.Broken();
                return done != 0 ? done : broken;
            }

            if (from.IsEmpty || to.IsFull)
            {
                if (done != 0 || (from.IsEmpty && from.Writers == 0))
                    break;
                again = (flags & SpliceFlags.NonBlock) == 0;
                return -Errno.EAGAIN;
            }

            ref PipeBuffer oldest = ref from.Oldest;
            if ((ulong)oldest.Len <= length - done)
            {
                done += (ulong)oldest.Len;
                to.Push(oldest);
                from.Forget();
                hasMoved = true;
            }
            else
            {
                int shared = Share(oldest, to, length - done);
                oldest.Offset += shared;
                oldest.Len -= shared;
                done += (ulong)shared;
            }
        }

        return done;
    }

    /// <summary>The first bytes of a buffer are in another pipe too. Neither a gift nor room to write goes along: the page has two owners.</summary>
    private int Share(PipeBuffer buffer, Pipe to, ulong length)
    {
        allocator.Get(buffer.Page!);
        buffer.Flags &= ~(PipeBufferFlags.Gift | PipeBufferFlags.CanMerge);
        buffer.Len = (int)Math.Min((ulong)buffer.Len, length);
        to.Push(buffer);
        return buffer.Len;
    }

    /// <summary><c>ipipe_prep</c> and <c>opipe_prep</c>: one pipe has something or never will, the other has room.</summary>
    private KernelResult Prepare(Pipe from, Pipe to, SpliceFlags flags)
    {
        KernelResult result = 0;
        if (from.IsEmpty)
        {
            from.Lock();
            result = WaitForData(from, flags, done: 0);
            from.Unlock();
        }

        if (result.IsError || !to.IsFull)
            return Math.Min(result.Value, 0);
        to.Lock();
        result = WaitForSpace(to, flags);
        to.Unlock();
        return result;
    }
}
