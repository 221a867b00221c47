using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Asynchronous reads and writes: the queues of all processes, and how a request begins and ends.</summary>
/// <remarks>What a driver sees is fs/aio.c of Linux 2.6.20; what a process sees, today's. io_submit(2), io_getevents(2).</remarks>
internal sealed class AsyncIo(KernelContext context, UserAccess userAccess, Func<Workqueues> workqueues, int cpus)
{
    /// <summary>Events that a ring may have at most.</summary>
    private const uint MostEvents = 0x10000000 / 32;

    private readonly Dictionary<ulong, KioCtx> _contexts = [];
    private ulong _lastId;

    /// <summary><c>/proc/sys/fs/aio-max-nr</c>: requests that all queues may have together.</summary>
    public ulong AioMaxNr { get; set; } = 0x10000;

    /// <summary><c>/proc/sys/fs/aio-nr</c>: requests that the queues there are have asked for.</summary>
    public ulong AioNr { get; private set; }

    /// <summary><c>io_setup</c>.</summary>
    /// <returns>The queue's number; -EINVAL for none or far too many requests, -EAGAIN over aio-max-nr.</returns>
    public KernelResult Setup(MmStruct mm, uint requests)
    {
        if (requests is 0 or > MostEvents)
            return -Errno.EINVAL;
        if (requests > AioMaxNr || AioNr + requests > AioMaxNr)
            return -Errno.EAGAIN;
        AioNr += requests;
        var queue = new KioCtx(this, context.Scheduler, ++_lastId, mm, requests, cpus);
        _contexts.Add(queue.Id, queue);
        return queue.Id;
    }

    /// <summary><c>lookup_ioctx</c>: a queue of this address space; null: there is none.</summary>
    public KioCtx? Find(MmStruct mm, AioContext id) => _contexts.TryGetValue(id.Id, out KioCtx? queue) && queue.Mm == mm ? queue : null;

    /// <summary><c>io_destroy</c>: waits until nothing is under way.</summary>
    public void Destroy(KioCtx queue)
    {
        _contexts.Remove(queue.Id);
        AioNr -= queue.MaxRequests;
        queue.Kill();
    }

    /// <summary><c>exit_aio</c>: the address space goes.</summary>
    public void Exit(MmStruct mm)
    {
        if (_contexts.Count == 0)
            return;
        FirstBug bug = default;
        foreach (KioCtx queue in _contexts.Values.Where(queue => queue.Mm == mm).ToArray())
            bug.Try(() => Destroy(queue));
        bug.Throw();
    }

    /// <summary><c>io_submit_one</c>: what is wrong with a request fails the call; how it went, once it has begun, is in its event.</summary>
    /// <returns>0; -EINVAL, -EBADF, -EFAULT, -EAGAIN without room for its event.</returns>
    public KernelResult Submit(KioCtx queue, FileTable files, Iocb? iocb)
    {
        if (iocb is null)
            return -Errno.EFAULT;
        if (userAccess.IsNegative(iocb.AioNbytes))
            return -Errno.EINVAL;
        using FileHold held = files.Hold(iocb.AioFildes);
        if (held.File is not { } file)
            return -Errno.EBADF;
        if (queue.NewRequest(file, iocb) is not { } request)
            return -Errno.EAGAIN;
        bool hasBegun = false;
        try
        {
            KernelResult result = Begin(queue.Mm, request, iocb, out hasBegun);
            if (!hasBegun)
                return result;
            if (result.Errno != Errno.EIOCBQUEUED)
                Complete(request, result.Errno.IsRestart ? -Errno.EINTR.Number : result.Value, 0);
            return 0;
        }
        catch (Exception exception) when (exception is not FiberAbortedException)
        {
            // The driver's bug, and nobody will complete the request any more.
            hasBegun = request.IsDone;
            throw;
        }
        finally
        {
            if (!hasBegun && !context.Scheduler.IsPoweringOff)
                queue.Drop(request);
        }
    }

    /// <summary><c>aio_complete</c>: the request is over. Every context.</summary>
    /// <exception cref="KernelOopsException">It has been over already.</exception>
    public static void Complete(Kiocb iocb, long res, long res2)
    {
        if (iocb.IsDone)
            throw CompletedTwice(iocb);
        iocb.IsDone = true;
        iocb.Owner.Completed(iocb, res, res2);
    }

    /// <summary><c>BUG_ON</c> for a request that has been completed, or whose operation has returned a result.</summary>
    public static KernelOopsException CompletedTwice(Kiocb iocb) => new(
        $"kernel BUG at fs/aio.c: a request to {iocb.KiFilp.Path} is completed twice. An aio_read or aio_write either returns the result or returns -EIOCBQUEUED and has aio_complete() called once");

    /// <summary><c>__aio_put_req</c>: the request's reference to the file. The last one is left to a worker, since a release may sleep (<c>aio_fput_routine</c>).</summary>
    public void Put(OpenFile file, Action done)
    {
        if (file.FCount > 1)
        {
            file.Put();
            done();
            return;
        }

        Workqueues queues = workqueues();
        queues.Queue(queues.Events, new WorkStruct(_ =>
        {
            try
            {
                file.Put();
            }
            finally
            {
                done();
            }
        }));
    }

    private KernelResult Begin(MmStruct mm, Kiocb request, Iocb iocb, out bool hasBegun)
    {
        hasBegun = false;
        OpenFile file = request.KiFilp;
        switch (iocb.AioLioOpcode)
        {
            case IocbCommand.Pread or IocbCommand.Preadv:
                if ((file.FMode & FileModes.Read) == 0)
                    return -Errno.EBADF;
                if (file.FOp.AioRead is null && !file.FOp.ServesAio)
                    return -Errno.EINVAL;
                if (Import(mm, iocb, out Iovec[] to) is { IsError: true } badBuffer)
                    return badBuffer;
                hasBegun = true;
                return file.FOp.AioRead is { } read ? read(request, to, (ulong)to.Length, iocb.AioOffset) : ReadNow(request, to);
            case IocbCommand.Pwrite or IocbCommand.Pwritev:
                if ((file.FMode & FileModes.Write) == 0)
                    return -Errno.EBADF;
                if (file.FOp.AioWrite is null && !file.FOp.ServesAio)
                    return -Errno.EINVAL;
                if (Import(mm, iocb, out Iovec[] from) is { IsError: true } badSource)
                    return badSource;
                hasBegun = true;
                return file.FOp.AioWrite is { } write ? write(request, from, (ulong)from.Length, iocb.AioOffset) : WriteNow(request, from);
            case IocbCommand.Fsync or IocbCommand.Fdsync:
                if (iocb.AioBuf != default || iocb.AioOffset != 0 || iocb.AioNbytes != 0 || file.FOp.Fsync is not { } fsync)
                    return -Errno.EINVAL;
                hasBegun = true;
                return fsync(file);
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary><c>aio_setup_rw</c> and <c>rw_verify_area</c>.</summary>
    private KernelResult Import(MmStruct mm, Iocb iocb, out Iovec[] vectors)
    {
        const int MaxVectors = 1024;
        bool isVector = iocb.AioLioOpcode is IocbCommand.Preadv or IocbCommand.Pwritev;
        vectors = isVector ? new Iovec[(int)Math.Min(iocb.AioNbytes, MaxVectors)] : [new(iocb.AioBuf, Math.Min(iocb.AioNbytes, FileCalls.MaxCount))];
        if (isVector && VectorCalls.Import(userAccess, mm, iocb.AioBuf, iocb.AioNbytes, vectors, 0) is { IsError: true } badVectors)
            return badVectors;
        if (!isVector && !userAccess.AccessOk(iocb.AioBuf, iocb.AioNbytes))
            return -Errno.EFAULT;
        ulong total = 0;
        foreach (Iovec vector in vectors)
            total += vector.IovLen;
        return iocb.AioOffset < 0 || iocb.AioOffset > long.MaxValue - (long)total ? -Errno.EINVAL : 0;
    }

    private static KernelResult ReadNow(Kiocb request, Iovec[] vectors)
    {
        long position = request.KiPos;
        return VectorCalls.ReadEach(request.KiFilp, request.KiFilp.FOp.Read!, vectors, ref position);
    }

    private static KernelResult WriteNow(Kiocb request, Iovec[] vectors)
    {
        long position = request.KiPos;
        return VectorCalls.WriteEach(request.KiFilp, request.KiFilp.FOp.Write!, vectors, ref position);
    }
}
