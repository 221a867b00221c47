using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Pipes: making them, and the operations of their two ends.</summary>
/// <remarks>Source: fs/pipe.c; pipe(2), pipe(7).</remarks>
internal sealed class PipeFiles
{
    private const uint Fionread = 0x541B;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly KernelContext _context;
    private readonly Ram _ram;
    private readonly PageAllocator _allocator;
    private readonly UserAccess _userAccess;
    private readonly SuperBlock _pipefs = new(FileSystemType.Anonymous, new(0, 14));
    private readonly FileOperations _operations;

    public PipeFiles(KernelContext context, Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory)
    {
        _context = context;
        _ram = machine.Ram;
        _allocator = memory.PageAllocator;
        _userAccess = virtualMemory.UserAccess;
        _operations = new FileOperations { ServesAio = true, Read = Read, Write = Write, Poll = Poll, Ioctl = Ioctl, Release = Release };
    }

    /// <summary><c>send_sig()</c>, once there are processes.</summary>
    public Signals? Signals { get; set; }

    /// <summary><c>create_pipe_files</c>: a pipe and an opening of each end.</summary>
    public (OpenFile Read, OpenFile Write) Create(OpenFlags flags)
    {
        Inode inode = _pipefs.NewInode(InodeType.Fifo, OwnerOnly);
        string name = $"pipe:[{inode.IIno}]";
        inode.IPipe = new Pipe(_context.Scheduler, _allocator, inode.IIno) { Readers = 1, Writers = 1 };
        inode.IFop = _operations;
        return (Open(OpenFlags.ReadOnly | (flags & OpenFlags.NonBlock)), Open(OpenFlags.WriteOnly | (flags & (OpenFlags.NonBlock | OpenFlags.Direct))));

        // stream_open: a pipe has no position.
        OpenFile Open(OpenFlags mode)
        {
            var file = new OpenFile(inode, name, mode) { FOp = _operations, Released = file => file.FOp.Release?.Invoke(file.Inode, file) };
            file.FMode &= ~(FileModes.Lseek | FileModes.Pread | FileModes.Pwrite);
            return file;
        }
    }

    /// <summary><c>get_pipe_info</c>: the pipe behind a file; null for another file.</summary>
    public static Pipe? Of(OpenFile file) => file.Inode.IPipe as Pipe;

    /// <summary>Nobody reads any more: SIGPIPE, and the errno.</summary>
    public KernelResult Broken()
    {
        Signals?.SendToTask(_context.Task, new SignalInfo(Signal.SIGPIPE, SignalCode.User, _context.Task.Pid));
        return -Errno.EPIPE;
    }

    /// <summary><c>pipe_read</c>.</summary>
    /// <returns>Bytes read; 0 when there are none and nobody writes; -EAGAIN, -EFAULT, -ERESTARTSYS.</returns>
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Pipe pipe = Of(filp)!;
        if (count == 0)
            return 0;
        for (bool hasSlept = false; ; hasSlept = true)
        {
            KernelResult result;
            bool isWaiting = false, wasFull, hasMore;
            pipe.Lock();
            try
            {
                wasFull = pipe.IsFull;
                result = TakeOut(pipe, buffer, count);
                if (result.Value == 0 && pipe.Writers != 0)
                {
                    isWaiting = (filp.FFlags & OpenFlags.NonBlock) == 0;
                    result = -Errno.EAGAIN;
                }

                wasFull &= !pipe.IsFull;
                hasMore = !pipe.IsEmpty;
            }
            finally
            {
                pipe.Unlock();
            }

            if (wasFull)
                pipe.WakeWriters();
            if (!isWaiting)
            {
                if (hasSlept && hasMore)
                    pipe.WakeReaders();
                return result;
            }

            if (pipe.WaitReadable() is { IsError: true } interrupted)
                return interrupted;
        }
    }

    /// <summary>Copies buffers to the process that runs. A buffer that cannot be copied whole stays as it is; a packet ends the read, and what does not fit is lost.</summary>
    private KernelResult TakeOut(Pipe pipe, UserVirtualAddress buffer, ulong count)
    {
        ulong done = 0;
        while (done < count && !pipe.IsEmpty)
        {
            ref PipeBuffer oldest = ref pipe.Oldest;
            int length = (int)Math.Min((ulong)oldest.Len, count - done);
            if (_userAccess.CopyTo(_context.Task.Mm, buffer + done, Bytes(oldest)[..length]) != 0)
                return done != 0 ? done : -Errno.EFAULT;
            done += (ulong)length;
            bool isPacket = (oldest.Flags & PipeBufferFlags.Packet) != 0;
            pipe.Consume(isPacket ? oldest.Len : length);
            if (isPacket)
                break;
        }

        return done;
    }

    /// <summary><c>pipe_write</c>. Up to a page goes in whole or not at all.</summary>
    /// <returns>Bytes taken; -EPIPE with SIGPIPE when nobody reads, -EAGAIN, -EFAULT, -ENOMEM, -ERESTARTSYS.</returns>
    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Pipe pipe = Of(filp)!;
        if (count == 0)
            return 0;
        ulong done = 0;
        bool hasSlept = false;
        while (true)
        {
            KernelResult error;
            bool wasEmpty, hasRoom;
            pipe.Lock();
            try
            {
                wasEmpty = pipe.IsEmpty;
                error = PutIn(filp, pipe, buffer, count, ref done, isFirst: !hasSlept);
                hasRoom = !pipe.IsFull;
            }
            finally
            {
                pipe.Unlock();
            }

            bool isWaiting = error.Errno == Errno.EAGAIN && (filp.FFlags & OpenFlags.NonBlock) == 0;
            if (isWaiting && _context.Task.SignalPending)
                (isWaiting, error) = (false, -Errno.ERESTARTSYS);
            if (wasEmpty || (!isWaiting && pipe.IsPolled))
                pipe.WakeReaders();
            if (!isWaiting)
            {
                if (hasSlept && hasRoom)
                    pipe.WakeWriters();
                return done != 0 ? done : error;
            }

            // A signal is found above, once the pipe has been looked at again.
            hasSlept = true;
            _ = pipe.WaitWritable();
        }
    }

    /// <summary>Copies from the process that runs while there is room.</summary>
    /// <returns>0 when all is in; -EAGAIN for a full pipe, or why it does not go on.</returns>
    private KernelResult PutIn(OpenFile filp, Pipe pipe, UserVirtualAddress buffer, ulong count, ref ulong done, bool isFirst)
    {
        if (pipe.Readers == 0)
            return Broken();
        int odd = (int)(count & (PageGeometry.PageSize - 1));
        if (isFirst && odd != 0 && !pipe.IsEmpty && (pipe.Newest.Flags & PipeBufferFlags.CanMerge) != 0 && pipe.Newest.Offset + pipe.Newest.Len + odd <= (int)PageGeometry.PageSize)
        {
            ref PipeBuffer newest = ref pipe.Newest;
            if (_userAccess.RawCopyFrom(_context.Task.Mm, Frame(newest).Slice(newest.Offset + newest.Len, odd), buffer) != 0)
                return -Errno.EFAULT;
            newest.Len += odd;
            done = (ulong)odd;
        }

        while (done < count)
        {
            if (pipe.IsFull)
                return -Errno.EAGAIN;
            if (_allocator.Allocate(GfpFlags.HighUser) is not { } page)
                return -Errno.ENOMEM;
            int length = (int)Math.Min(count - done, PageGeometry.PageSize);
            bool isCopied = false;
            try
            {
                isCopied = _userAccess.RawCopyFrom(_context.Task.Mm, _ram.Frame(page.Pfn)[..length], buffer + done) == 0;
            }
            finally
            {
                if (!isCopied)
                    _allocator.Put(page);
            }

            if (!isCopied)
                return -Errno.EFAULT;
            PipeBufferFlags flags = (filp.FFlags & OpenFlags.Direct) != 0 ? PipeBufferFlags.Packet : PipeBufferFlags.CanMerge;
            pipe.Push(new PipeBuffer { Page = page, Len = length, Flags = flags });
            done += (ulong)length;
        }

        return 0;
    }

    /// <summary><c>pipe_poll</c>.</summary>
    private PollEvents Poll(OpenFile filp, PollTable? wait)
    {
        Pipe pipe = Of(filp)!;
        pipe.IsPolled = true;
        _context.Scheduler.Point("poll_wait", pipe);
        PollEvents events = 0;
        if ((filp.FMode & FileModes.Read) != 0)
        {
            (wait as QueueingPollTable)?.Queue(filp, pipe.ReadWait);
            events |= (pipe.IsEmpty ? 0 : PollEvents.In | PollEvents.RdNorm) | (pipe.Writers == 0 ? PollEvents.Hup : 0);
        }

        if ((filp.FMode & FileModes.Write) != 0)
        {
            (wait as QueueingPollTable)?.Queue(filp, pipe.WriteWait);
            events |= (pipe.IsFull ? 0 : PollEvents.Out | PollEvents.WrNorm) | (pipe.Readers == 0 ? PollEvents.Err : 0);
        }

        return events;
    }

    /// <summary><c>pipe_ioctl</c>: FIONREAD.</summary>
    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        if (command != Fionread)
            return -Errno.ENOIOCTLCMD;
        Pipe pipe = Of(filp)!;
        pipe.Lock();
        int bytes = pipe.Bytes();
        pipe.Unlock();
        return _userAccess.Put(_context.Task.Mm, bytes, new UserVirtualAddress(argument));
    }

    /// <summary><c>pipe_release</c>.</summary>
    private KernelResult Release(Inode inode, OpenFile filp)
    {
        var pipe = (Pipe)inode.IPipe!;
        if ((filp.FMode & FileModes.Read) != 0)
            pipe.Readers--;
        if ((filp.FMode & FileModes.Write) != 0)
            pipe.Writers--;
        if (pipe.Readers == 0 != (pipe.Writers == 0))
            pipe.WakeAll();
        else if (pipe.Readers == 0)
            pipe.Free();
        return 0;
    }

    private Span<byte> Frame(in PipeBuffer buffer) => _ram.Frame(buffer.Page!.Pfn);

    private Span<byte> Bytes(in PipeBuffer buffer) => Frame(buffer).Slice(buffer.Offset, buffer.Len);
}
