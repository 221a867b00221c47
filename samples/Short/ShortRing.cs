// What /dev/shortint is read from: a page of records, 16 bytes each, written by interrupt handlers and bottom halves, read by processes.
//
// As in the book, nobody counts what is lost: when 256 records wait and another comes, the ring looks empty, or holds only what came since. Unlike there, the two
// indexes have a lock, readers take turns, and a record is written without the zero that sprintf puts behind it, which fell on the next record or behind the page.
using System.Text;

namespace Samples.Short;

internal sealed class ShortRing
{
    public const int RecordLength = 16;

    private readonly Spinlock _lock = new("short_lock");
    private readonly WaitQueueHead _queue = new("short_queue");
    private readonly KernelMutex _readers = new("short_readers");
    private KernelLogicalAddress _buffer;
    private ulong _head, _tail;

    public KernelResult Allocate()
    {
        _buffer = GetFreePage(GfpFlags.Kernel);
        (_head, _tail) = (0, 0);
        return _buffer.IsNull ? -ENOMEM : 0;
    }

    public void Free() => FreePage(_buffer);

    /// <summary>Every context.</summary>
    public void Add(string text)
    {
        Span<byte> record = stackalloc byte[RecordLength];
        if (!Encoding.ASCII.TryGetBytes(text, record, out int length) || length != RecordLength)
            throw new KernelOopsException($"kernel BUG: \"{text}\" is no record of {RecordLength} bytes");
        SpinLockIrqsave(_lock, out IrqFlags flags);
        Memcpy(_buffer + _head, record);
        _head = (_head + RecordLength) % PageSize;
        SpinUnlockIrqrestore(_lock, flags);
    }

    /// <summary>There is something to read. Every context.</summary>
    public void Wake() => WakeUpInterruptible(_queue);

    /// <summary>Sleeps until there is a record; gives what there is, up to the end of the page. A part of a record may be asked for.</summary>
    public KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        while (true)
        {
            if (WaitEventInterruptible(_queue, () => _head != _tail).IsError || MutexLockInterruptible(_readers).IsError)
                return -ERESTARTSYS;
            ulong available = Available();
            if (available != 0)
            {
                KernelResult result = Take(buffer, Math.Min(count, available));
                MutexUnlock(_readers);
                return result;
            }

            MutexUnlock(_readers); // Another reader was faster.
        }
    }

    private ulong Available()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        ulong available = _head >= _tail ? _head - _tail : PageSize - _tail;
        SpinUnlockIrqrestore(_lock, flags);
        return available;
    }

    // Only readers move the tail, and they take turns: what lies before the head stays while it is copied, which may sleep.
    private KernelResult Take(UserVirtualAddress buffer, ulong count)
    {
        if (CopyToUser(buffer, _buffer + _tail, count) != 0)
            return -EFAULT;
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _tail = (_tail + count) % PageSize;
        SpinUnlockIrqrestore(_lock, flags);
        return (long)count;
    }
}
