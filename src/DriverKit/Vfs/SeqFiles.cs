using System.Diagnostics.CodeAnalysis;
using System.Text;
using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Sequence files: a driver prints records, the kernel cuts them to what is read.</summary>
/// <remarks>Source: fs/seq_file.c of Linux 2.6.20; <c>SEQ_SKIP</c> as 2.6.27 has it.</remarks>
internal sealed class SeqFiles(KernelContext context, SlabAllocator slab, KernelAddressSpace memory, UserAccess userAccess)
{
    /// <summary>Records without a byte, one behind the other, after which a walk is believed never to end.</summary>
    private const int MaxSilentRecords = 1 << 20;

    /// <summary><c>seq_open</c>: puts a fresh sequence into the open file.</summary>
    public static void Open(OpenFile filp, SeqOperations operations)
    {
        if (filp.PrivateData is not (null or SeqFile))
            throw new KernelOopsException("seq_open: private_data of the file is in use; keep the driver's own in the sequence's Private");
        filp.PrivateData = new SeqFile(operations);
        filp.FMode &= ~(FileModes.Pread | FileModes.Pwrite);
    }

    /// <summary><c>seq_release</c>.</summary>
    public void Release(OpenFile filp)
    {
        slab.Kfree(Of(filp, "seq_release").Buf);
        filp.PrivateData = null;
    }

    /// <summary><c>seq_read</c>.</summary>
    /// <returns>Bytes read, 0 at the end; -EFAULT, -ENOMEM, or what start, next or show fail with.</returns>
    public KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong size, ref long position)
    {
        SeqFile m = Of(filp, "seq_read");
        using KernelMutex.Held held = Hold(filp, m);
        ulong copied = 0;
        KernelResult error = m.Buf.IsNull ? Grow(m) : 0;
        if (error.IsSuccess && m.Count != 0)
            error = Flush(m, buffer, size, ref copied);
        if (error.IsSuccess && m.Count == 0 && (copied < size || size == 0))
            error = Fetch(m, buffer + copied, size - copied, ref copied);
        if (copied == 0)
            return error;
        position += (long)copied;
        return copied;
    }

    /// <summary><c>seq_lseek</c>: walks from the first record to the byte. There is no end to count from.</summary>
    /// <returns>The position; -EINVAL, or what the walk fails with: then the file is at its start.</returns>
    public KernelResult Lseek(OpenFile filp, long offset, SeekWhence whence)
    {
        SeqFile m = Of(filp, "seq_lseek");
        using KernelMutex.Held held = Hold(filp, m);
        if (whence == SeekWhence.Current)
            offset = unchecked(offset + filp.FPos);
        if (whence == SeekWhence.End || offset < 0)
            return -Errno.EINVAL;
        if (offset == filp.FPos)
            return offset;
        if (Traverse(m, offset) is { IsError: true } error)
        {
            filp.FPos = 0;
            m.Rewind();
            return error;
        }

        return filp.FPos = offset;
    }

    /// <summary><c>seq_puts</c>, <c>seq_printf</c>: all of the text, or nothing and the mark that it did not fit.</summary>
    /// <returns>0, or -1 when it did not fit.</returns>
    public int Write(SeqFile m, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (m.Count + (ulong)bytes.Length >= m.Size)
        {
            m.Count = m.Size;
            return -1;
        }

        memory.CopyTo(m.Buf + m.Count, bytes);
        m.Count += (ulong)bytes.Length;
        return 0;
    }

    /// <summary><c>seq_putc</c>: one byte. The last byte of the buffer is taken, and means that it is full.</summary>
    /// <returns>0, or -1 when it did not fit.</returns>
    public int Write(SeqFile m, byte c)
    {
        if (m.Count >= m.Size)
            return -1;
        memory.Store(m.Buf + m.Count++, c);
        return 0;
    }

    /// <summary>What of the last record has not been read yet goes first.</summary>
    private KernelResult Flush(SeqFile m, UserVirtualAddress buffer, ulong size, ref ulong copied)
    {
        ulong n = Math.Min(m.Count, size);
        if (userAccess.CopyTo(context.Task.Mm, buffer, m.Buf + m.From, n) != 0)
            return -Errno.EFAULT;
        m.Count -= n;
        m.From += n;
        copied += n;
        if (m.Count == 0)
            m.Index++;
        return 0;
    }

    /// <summary>Fills the empty buffer with at least one record, as large as it may be, and with as many more as are wanted and fit.</summary>
    private KernelResult Fetch(SeqFile m, UserVirtualAddress buffer, ulong size, ref ulong copied)
    {
        KernelResult error = First(m, out object? v, out long position);
        if (v is null)
            return error;
        int silent = 0;
        while (m.Count < size)
        {
            ulong before = m.Count;
            long next = position;
            v = m.Op.Next(m, v, ref next);
            if (IsEnd(v, out _))
                break;
            KernelResult shown = m.Op.Show(m, v);
            if (m.Count == m.Size || shown.Value != 0)
            {
                m.Count = before;
                if (shown.IsError || shown.Value == 0)
                    break;
            }

            position = next;
            CheckSilence(m.Count == before ? ++silent : silent = 0);
        }

        m.Op.Stop(m, v);
        ulong n = Math.Min(m.Count, size);
        if (userAccess.CopyTo(context.Task.Mm, buffer, m.Buf, n) != 0)
            return -Errno.EFAULT;
        copied += n;
        m.Count -= n;
        if (m.Count != 0)
            m.From = n;
        else
            position++;
        m.Index = position;
        return 0;
    }

    /// <summary>Shows records until one has printed something and fits; the buffer grows for it.</summary>
    /// <param name="m">The file.</param>
    /// <param name="v">The record, with the walk standing at it; null when there is none, and the walk has stopped.</param>
    /// <param name="position">Its position.</param>
    /// <returns>0, or why there is none.</returns>
    private KernelResult First(SeqFile m, out object? v, out long position)
    {
        int silent = 0;
        position = m.Index;
        v = m.Op.Start(m, ref position);
        KernelResult error;
        while (!IsEnd(v, out error))
        {
            KernelResult shown = m.Op.Show(m, v);
            if (shown.IsError)
            {
                error = shown;
                break;
            }

            if (shown.Value != 0)
                m.Count = 0;
            if (m.Count == 0)
            {
                CheckSilence(++silent);
                v = m.Op.Next(m, v, ref position);
                m.Index = position;
                continue;
            }

            if (m.Count < m.Size)
                return 0;
            m.Op.Stop(m, v);
            v = null;
            if (Grow(m) is { IsError: true } noMemory)
                return noMemory;
            position = m.Index;
            v = m.Op.Start(m, ref position);
        }

        m.Op.Stop(m, v);
        m.Count = 0;
        v = null;
        return error;
    }

    /// <summary><c>traverse</c>: shows records from the first on, until the byte at an offset is in the buffer or the next to come.</summary>
    private KernelResult Traverse(SeqFile m, long offset)
    {
        if (offset != 0 && m.Buf.IsNull && Grow(m) is { IsError: true } noBuffer)
            return noBuffer;
        m.Rewind();
        if (offset == 0)
            return 0;
        for (; ; )
        {
            KernelResult result = Walk(m, offset, out bool isFull);
            if (!isFull)
                return result;
            if (Grow(m) is { IsError: true } noMemory)
                return noMemory;
            m.Rewind();
        }
    }

    private static KernelResult Walk(SeqFile m, long offset, out bool isFull)
    {
        long index = 0, done = 0;
        int silent = 0;
        isFull = false;
        object? v = m.Op.Start(m, ref index);
        KernelResult error;
        while (!IsEnd(v, out error))
        {
            KernelResult shown = m.Op.Show(m, v);
            if (shown.IsError)
            {
                error = shown;
                break;
            }

            if (shown.Value != 0)
                m.Count = 0;
            isFull = m.Count == m.Size;
            if (isFull)
                break;
            if (done + (long)m.Count > offset)
            {
                m.From = (ulong)(offset - done);
                m.Count -= m.From;
                break;
            }

            CheckSilence(m.Count == 0 ? ++silent : silent = 0);
            done += (long)m.Count;
            m.Count = 0;
            if (done == offset)
            {
                index++;
                break;
            }

            v = m.Op.Next(m, v, ref index);
        }

        m.Op.Stop(m, v);
        m.Index = index;
        return error;
    }

    /// <summary>A buffer of a page, or one twice as large as before. What was in it is gone.</summary>
    /// <returns>0 or -ENOMEM: the next read starts with a page again.</returns>
    private KernelResult Grow(SeqFile m)
    {
        ulong size = m.Buf.IsNull ? PageGeometry.PageSize : m.Size << 1;
        slab.Kfree(m.Buf);
        m.Count = m.From = 0;
        m.Buf = slab.Kmalloc(size, GfpFlags.Kernel);
        m.Size = m.Buf.IsNull ? 0 : size;
        return m.Buf.IsNull ? -Errno.ENOMEM : 0;
    }

    /// <summary><c>mutex_lock(&amp;m->lock)</c>. Of an opening that nobody shares there is one call at a time anyway.</summary>
    private KernelMutex.Held Hold(OpenFile filp, SeqFile m) =>
        filp.FCount > 1 ? ((KernelMutex)(m.Lock ??= new KernelMutex("of a sequence file"))).Hold(context.Scheduler, "mutex_lock") : default;

    /// <summary>NULL or <c>ERR_PTR</c>.</summary>
    private static bool IsEnd([NotNullWhen(false)] object? v, out KernelResult error)
    {
        error = v is KernelResult { IsError: true } failed ? failed : 0;
        return error.IsError || v is null or IAddress { Value: 0 };
    }

    private static void CheckSilence(int records)
    {
        if (records >= MaxSilentRecords)
            throw new KernelOopsException($"BUG: soft lockup detected: show() of a sequence file has printed nothing for {records} records, and next() finds no end");
    }

    private static SeqFile Of(OpenFile filp, string function) => filp.PrivateData as SeqFile
        ?? throw new KernelOopsException($"Unable to handle kernel NULL pointer dereference: {function} of a file that seq_open() has not made a sequence file, or that is released already");
}
