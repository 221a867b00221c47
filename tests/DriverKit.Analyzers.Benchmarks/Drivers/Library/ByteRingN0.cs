// A ring of bytes in kernel memory, shared by the drivers of a family. The caller holds no lock: the ring has its own.
namespace Drivers.LibraryN0;

public sealed class ByteRingN0
{
    private readonly Spinlock _lock = new("ring");
    private readonly WaitQueueHead _readers = new("ring.readers");
    private KernelLogicalAddress _buffer;
    private ulong _size, _head, _tail;

    public WaitQueueHead Readers => _readers;

    public ulong Count => _head - _tail;

    public bool IsEmpty => _head == _tail;

    public KernelResult Allocate(ulong size)
    {
        if (size == 0 || size > 16 * PageSize || (size & (size - 1)) != 0)
            return -EINVAL;
        _buffer = Kmalloc(size, GfpFlags.Kernel);
        if (_buffer.IsNull)
            return -ENOMEM;
        Memset(_buffer, 0, size);
        _size = size;
        _head = _tail = 0;
        return 0;
    }

    public void Free()
    {
        if (_buffer.IsNull)
            return;
        Kfree(_buffer);
        _buffer = default;
        _size = 0;
    }

    /// <summary>From any context; what does not fit is lost.</summary>
    public int Push(byte value)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        if (_head - _tail >= _size)
        {
            SpinUnlockIrqrestore(_lock, flags);
            return 0;
        }

        Store(_buffer + (_head % _size), value);
        _head++;
        SpinUnlockIrqrestore(_lock, flags);
        return 1;
    }

    public bool Pop(out byte value)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        bool has = _head != _tail;
        value = has ? Load<byte>(_buffer + (_tail % _size)) : (byte)0;
        if (has)
            _tail++;
        SpinUnlockIrqrestore(_lock, flags);
        return has;
    }

    public void Wake() => WakeUpInterruptible(_readers);

    /// <summary>Waits for a byte and copies what there is, at most one page.</summary>
    public KernelResult Read(UserVirtualAddress buffer, ulong count, bool mayWait)
    {
        if (IsEmpty && !mayWait)
            return -EAGAIN;
        if (WaitEventInterruptible(_readers, () => !IsEmpty).IsError)
            return -ERESTARTSYS;
        ulong done = 0;
        while (done < Math.Min(count, PageSize) && Pop(out byte value))
        {
            if (PutUser(value, buffer + done).IsError)
                return done == 0 ? -EFAULT : (KernelResult)done;
            done++;
        }

        return done;
    }
}
