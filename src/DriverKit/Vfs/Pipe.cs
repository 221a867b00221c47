using System.Numerics;
using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>A pipe: a ring of buffers, each a piece of a page that the pipe holds, and those who wait for the other end.</summary>
/// <remarks>Source: include/linux/pipe_fs_i.h, fs/pipe.c.</remarks>
internal sealed class Pipe : PipeInodeInfo
{
    /// <summary><c>PIPE_DEF_BUFFERS</c>.</summary>
    public const int DefaultSlots = 16;

    /// <summary><c>pipe_max_size</c> in pages: what a process without privileges may ask for; here, what anybody may.</summary>
    private const ulong MaxSlots = 256;

    private const uint ReadEvents = (uint)(PollEvents.In | PollEvents.RdNorm), WriteEvents = (uint)(PollEvents.Out | PollEvents.WrNorm);

    private readonly Scheduler _scheduler;
    private readonly PageAllocator _allocator;
    private readonly Func<bool> _isReadable, _isWritable;
    private readonly KernelMutex _mutex;
    private readonly ulong _number;
    private PipeBuffer[] _buffers = new PipeBuffer[DefaultSlots];
    private uint _head, _tail;

    public Pipe(Scheduler scheduler, PageAllocator allocator, ulong number)
    {
        string name = $"pipe:[{number}]";
        _number = number;
        _scheduler = scheduler;
        _allocator = allocator;
        _mutex = new KernelMutex(name + "->mutex");
        ReadWait = new WaitQueueHead(name + "->rd_wait");
        WriteWait = new WaitQueueHead(name + "->wr_wait");
        _isReadable = () => !IsEmpty || Writers == 0;
        _isWritable = () => !IsFull || Readers == 0;
    }

    /// <inheritdoc/>
    public override int Nrbufs => (int)(_head - _tail);

    /// <summary><c>rd_wait</c>: who waits for something to read.</summary>
    public WaitQueueHead ReadWait { get; }

    /// <summary><c>wr_wait</c>: who waits for room.</summary>
    public WaitQueueHead WriteWait { get; }

    /// <summary>Somebody polls it with EPOLLET, so every write is told (<c>poll_usage</c>).</summary>
    public bool IsPolled { get; set; }

    /// <summary><c>max_usage</c>: how many buffers there is room for.</summary>
    public int Slots => _buffers.Length;

    public bool IsEmpty => _head == _tail;

    public bool IsFull => Nrbufs >= Slots;

    /// <summary>The oldest buffer.</summary>
    public ref PipeBuffer Oldest => ref At(0);

    /// <summary>The newest buffer.</summary>
    public ref PipeBuffer Newest => ref At(Nrbufs - 1);

    /// <summary>A buffer, counted from the oldest.</summary>
    public ref PipeBuffer At(int index) => ref _buffers[(_tail + (uint)index) & (uint)(Slots - 1)];

    /// <summary><c>pipe_lock</c>.</summary>
    public void Lock()
    {
        _scheduler.Point("mutex_lock", _mutex);
        _mutex.Lock(_scheduler, TaskState.Uninterruptible, "mutex_lock");
    }

    /// <summary><c>pipe_unlock</c>.</summary>
    public void Unlock()
    {
        _mutex.Unlock(_scheduler);
        _scheduler.Point("mutex_unlock", _mutex);
    }

    /// <summary><c>pipe_double_lock</c>: two pipes, always in the same order, or two tasks could wait for each other.</summary>
    public static void LockBoth(Pipe one, Pipe other)
    {
        (Pipe first, Pipe second) = one._number < other._number ? (one, other) : (other, one);
        first.Lock();
        second.Lock();
    }

    /// <summary>Puts a buffer behind the newest. There must be room; the reference to its page is the pipe's from now on.</summary>
    public void Push(in PipeBuffer buffer)
    {
        _buffers[_head & (uint)(Slots - 1)] = buffer;
        _head++;
    }

    /// <summary>Takes the oldest buffer out, and its page goes.</summary>
    public void Drop()
    {
        Page page = Oldest.Page!;
        Forget();
        _allocator.Put(page);
    }

    /// <summary>Takes the oldest buffer out; its page has gone elsewhere.</summary>
    public void Forget()
    {
        Oldest = default;
        _tail++;
    }

    /// <summary>The first bytes of the oldest buffer have been taken; an empty one goes.</summary>
    /// <returns>True if it has gone.</returns>
    public bool Consume(int count)
    {
        ref PipeBuffer oldest = ref Oldest;
        oldest.Offset += count;
        oldest.Len -= count;
        if (oldest.Len != 0)
            return false;
        Drop();
        return true;
    }

    /// <summary>FIONREAD: bytes in the pipe.</summary>
    public int Bytes()
    {
        int bytes = 0;
        for (int i = 0; i < Nrbufs; i++)
            bytes += At(i).Len;
        return bytes;
    }

    /// <summary>Sleeps until there is something to read, or nobody to write it. The pipe is not locked.</summary>
    /// <returns>0 or -ERESTARTSYS.</returns>
    public KernelResult WaitReadable() => Wait(ReadWait, _isReadable);

    /// <summary>Sleeps until there is room, or nobody to read. The pipe is not locked.</summary>
    /// <returns>0 or -ERESTARTSYS.</returns>
    public KernelResult WaitWritable() => Wait(WriteWait, _isWritable);

    /// <summary><c>wake_up_interruptible_poll(&amp;pipe->rd_wait)</c>.</summary>
    public void WakeReaders() => Wake(ReadWait, ReadEvents, 1);

    /// <summary><c>wake_up_interruptible_poll(&amp;pipe->wr_wait)</c>.</summary>
    public void WakeWriters() => Wake(WriteWait, WriteEvents, 1);

    /// <summary>The last of one side has gone: everybody looks.</summary>
    public void WakeAll()
    {
        Wake(ReadWait, 0, 0);
        Wake(WriteWait, 0, 0);
    }

    /// <summary><c>pipe_set_size</c>: F_SETPIPE_SZ.</summary>
    /// <param name="bytes">Room for at least so many bytes; rounded up to a power of two of pages.</param>
    /// <returns>The room in bytes; -EINVAL (0 or above 2 GiB), -EPERM (above a MiB), -EBUSY (less than it holds).</returns>
    public KernelResult Resize(ulong bytes)
    {
        if (bytes is 0 or > 1ul << 31)
            return -Errno.EINVAL;
        ulong slots = BitOperations.RoundUpToPowerOf2((bytes + PageGeometry.PageSize - 1) >> PageGeometry.PageShift);
        if (slots > MaxSlots && slots > (ulong)Slots)
            return -Errno.EPERM;
        Lock();
        try
        {
            if (slots < (ulong)Nrbufs)
                return -Errno.EBUSY;
            bool wasFull = IsFull;
            var buffers = new PipeBuffer[slots];
            for (int i = 0; i < Nrbufs; i++)
                buffers[i] = At(i);
            (_head, _tail, _buffers) = ((uint)Nrbufs, 0, buffers);
            if (wasFull)
                WakeWriters();
            return Size;
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>F_GETPIPE_SZ: bytes there is room for.</summary>
    public long Size => (long)Slots << PageGeometry.PageShift;

    /// <summary><c>free_pipe_info</c>.</summary>
    public void Free()
    {
        while (!IsEmpty)
            Drop();
    }

    private KernelResult Wait(WaitQueueHead queue, Func<bool> condition)
    {
        long result = Waiting.Event(_scheduler, queue, condition, TaskState.Interruptible, exclusive: true, Waiting.Forever, "pipe_wait");
        return Math.Min(result, 0);
    }

    private void Wake(WaitQueueHead queue, uint events, int exclusive)
    {
        if (!queue.IsActive)
            return;
        _scheduler.Point("wake_up_interruptible", queue);
        queue.WakeUp(_scheduler, TaskState.Interruptible, exclusive, events);
    }
}
