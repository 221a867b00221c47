using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>aio_read</c>: reads at a position into several buffers. It may answer -EIOCBQUEUED and call <c>aio_complete()</c> later.</summary>
/// <param name="iocb">The request.</param>
/// <param name="iov">The buffers; they stay as they are until the request is complete.</param>
/// <param name="nrSegs">How many there are.</param>
/// <param name="pos">The position in bytes; <see cref="Kiocb.KiPos"/> is to be moved.</param>
/// <returns>Bytes copied, 0 at the end, -EIOCBQUEUED, or another negated errno.</returns>
/// <remarks>What is done later runs in another task: the process's memory is not that task's.</remarks>
[CalledIn(CallContext.Process)]
public delegate KernelResult AioReadOperation(Kiocb iocb, IReadOnlyList<Iovec> iov, ulong nrSegs, [FromUser] long pos);

/// <summary><c>aio_write</c>: writes at a position from several buffers. It may answer -EIOCBQUEUED and call <c>aio_complete()</c> later.</summary>
/// <param name="iocb">The request.</param>
/// <param name="iov">The buffers; they stay as they are until the request is complete.</param>
/// <param name="nrSegs">How many there are.</param>
/// <param name="pos">The position in bytes; <see cref="Kiocb.KiPos"/> is to be moved.</param>
/// <returns>Bytes taken, -EIOCBQUEUED, or another negated errno.</returns>
/// <remarks>What is done later runs in another task: the process's memory is not that task's.</remarks>
[CalledIn(CallContext.Process)]
public delegate KernelResult AioWriteOperation(Kiocb iocb, IReadOnlyList<Iovec> iov, ulong nrSegs, [FromUser] long pos);

/// <summary><c>ki_cancel</c>: the process, or its end, wants the request to be over. The driver completes it soon, in the call or after it.</summary>
/// <returns>0, or a negated errno: it cannot be cancelled.</returns>
public delegate KernelResult KiocbCancel(Kiocb iocb);

/// <summary><c>struct kiocb</c>: a read or write that may be complete later than the call that asked for it (<c>linux/aio.h</c>).</summary>
/// <remarks>Source: include/linux/aio.h, fs/aio.c of Linux 2.6.20; cancelling as since 3.10, when the driver completes the request itself. Retries (<c>ki_retry</c>) are left out.</remarks>
public sealed class Kiocb
{
    internal Kiocb(OpenFile filp, long pos, IKiocbOwner owner, bool isSync)
    {
        KiFilp = filp;
        KiPos = pos;
        Owner = owner;
        IsSync = isSync;
    }

    /// <summary><c>ki_filp</c>: the open file; it stays open until the request is complete.</summary>
    public OpenFile KiFilp { get; }

    /// <summary><c>ki_pos</c>: the position in bytes. The driver moves it; after a read() or write() it becomes the file's.</summary>
    public long KiPos { get; set; }

    /// <summary><c>private</c>: the driver's own.</summary>
    public object? Private { get; set; }

    /// <summary><c>ki_cancel</c>: set by a driver that can end the request early; null: it cannot.</summary>
    public KiocbCancel? KiCancel { get; set; }

    /// <summary><c>is_sync_kiocb()</c>: somebody waits for it in read() or write().</summary>
    internal bool IsSync { get; }

    /// <summary>The request is over: it may not be completed again.</summary>
    internal bool IsDone { get; set; }

    /// <summary>Who hears of its end.</summary>
    internal IKiocbOwner Owner { get; }
}

/// <summary>Who waits for a request.</summary>
internal interface IKiocbOwner
{
    /// <summary>The request is complete. Every context.</summary>
    void Completed(Kiocb iocb, long res, long res2);
}
