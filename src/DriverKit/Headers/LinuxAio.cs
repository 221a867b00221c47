using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/aio.h</c>: a driver's part in asynchronous reads and writes.</summary>
/// <remarks>A driver's <see cref="FileOperations.AioRead"/> that cannot answer at once returns -EIOCBQUEUED and calls <see cref="AioComplete"/> later. Source: fs/aio.c of Linux 2.6.20.</remarks>
public static class LinuxAio
{
    /// <summary><c>aio_complete(iocb, res, res2)</c>: the request is over; who waits for it is woken. Every context, interrupts too.</summary>
    /// <param name="iocb">The request; it must not be used any more.</param>
    /// <param name="res">Bytes, or a negated errno.</param>
    /// <param name="res2">A second result for io_getevents(); 0.</param>
    /// <exception cref="KernelOopsException">It has been completed already, or its operation has returned a result.</exception>
    public static void AioComplete(Kiocb iocb, long res, long res2)
    {
        ArgumentNullException.ThrowIfNull(iocb);
        Kernel.Current("aio_complete", iocb);
        AsyncIo.Complete(iocb, res, res2);
    }

    /// <summary><c>is_sync_kiocb(iocb)</c>: somebody waits for it in read() or write(), so the driver may as well do it at once. Every context.</summary>
    [Pure]
    public static bool IsSyncKiocb(Kiocb iocb)
    {
        ArgumentNullException.ThrowIfNull(iocb);
        return iocb.IsSync;
    }
}
