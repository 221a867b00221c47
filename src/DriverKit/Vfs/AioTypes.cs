using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary><c>aio_context_t</c>: a queue of requests of one address space, made by io_setup() (<c>linux/aio_abi.h</c>).</summary>
/// <param name="Id">Its number; 0: none.</param>
public readonly record struct AioContext(ulong Id);

/// <summary>What a request shall do (<c>IOCB_CMD_*</c>, <c>linux/aio_abi.h</c>).</summary>
public enum IocbCommand
{
    /// <summary><c>IOCB_CMD_PREAD</c>: as pread().</summary>
    Pread = 0,

    /// <summary><c>IOCB_CMD_PWRITE</c>: as pwrite().</summary>
    Pwrite = 1,

    /// <summary><c>IOCB_CMD_FSYNC</c>: as fsync(); it is done when io_submit() returns.</summary>
    Fsync = 2,

    /// <summary><c>IOCB_CMD_FDSYNC</c>: the same.</summary>
    Fdsync = 3,

    /// <summary><c>IOCB_CMD_PREADV</c>: as preadv(); buffer and count are those of the array of iovecs.</summary>
    Preadv = 7,

    /// <summary><c>IOCB_CMD_PWRITEV</c>: as pwritev(); buffer and count are those of the array of iovecs.</summary>
    Pwritev = 8,
}

/// <summary><c>struct iocb</c>: a request as a process makes it (<c>linux/aio_abi.h</c>). io_cancel() knows it as the object it is.</summary>
/// <param name="AioLioOpcode"><c>aio_lio_opcode</c>: what to do.</param>
/// <param name="AioFildes"><c>aio_fildes</c>: the descriptor.</param>
/// <param name="AioBuf"><c>aio_buf</c>: the buffer.</param>
/// <param name="AioNbytes"><c>aio_nbytes</c>: bytes.</param>
/// <param name="AioOffset"><c>aio_offset</c>: the position in bytes.</param>
/// <param name="AioData"><c>aio_data</c>: the process's own; comes back in the event.</param>
public sealed record Iocb(
    IocbCommand AioLioOpcode, int AioFildes, UserVirtualAddress AioBuf = default, ulong AioNbytes = 0, long AioOffset = 0, ulong AioData = 0);

/// <summary><c>struct io_event</c>: a request is complete (<c>linux/aio_abi.h</c>).</summary>
/// <param name="Data"><c>data</c>: what the request had in <see cref="Iocb.AioData"/>.</param>
/// <param name="Obj"><c>obj</c>: the request.</param>
/// <param name="Res"><c>res</c>: bytes, or a negated errno.</param>
/// <param name="Res2"><c>res2</c>: the driver's second result.</param>
public readonly record struct IoEvent(ulong Data, Iocb Obj, long Res, long Res2);
