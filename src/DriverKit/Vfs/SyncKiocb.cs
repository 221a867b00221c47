using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>read() and write() of a driver that has only aio_read and aio_write: the call waits until the request is complete.</summary>
/// <remarks>Source: <c>do_sync_read</c> and its kin (fs/read_write.c), <c>wait_on_sync_kiocb</c> (fs/aio.c) of Linux 2.6.20.</remarks>
internal sealed class SyncKiocb : IKiocbOwner, IWaitable
{
    private readonly Scheduler _scheduler;
    private readonly TaskStruct _task;
    private readonly Kiocb _iocb;
    private long _result;

    private SyncKiocb(Scheduler scheduler, OpenFile file, long position)
    {
        _scheduler = scheduler;
        _task = scheduler.Current;
        _iocb = new Kiocb(file, position, this, isSync: true);
    }

    TaskStruct? IWaitable.Owner => null;

    /// <summary><c>do_sync_read</c>, <c>do_sync_readv_writev</c>.</summary>
    public static KernelResult Read(Scheduler scheduler, OpenFile file, IReadOnlyList<Iovec> iov, ref long position)
    {
        AioReadOperation read = file.FOp.AioRead ?? throw Missing("do_sync_read", "aio_read");
        var request = new SyncKiocb(scheduler, file, position);
        return request.Finish(read(request._iocb, iov, (ulong)iov.Count, position), ref position);
    }

    /// <summary><c>do_sync_write</c>, <c>do_sync_readv_writev</c>.</summary>
    public static KernelResult Write(Scheduler scheduler, OpenFile file, IReadOnlyList<Iovec> iov, ref long position)
    {
        AioWriteOperation write = file.FOp.AioWrite ?? throw Missing("do_sync_write", "aio_write");
        var request = new SyncKiocb(scheduler, file, position);
        return request.Finish(write(request._iocb, iov, (ulong)iov.Count, position), ref position);
    }

    /// <inheritdoc/>
    public void Completed(Kiocb iocb, long res, long res2)
    {
        _result = res;
        _scheduler.TryToWakeUp(_task, TaskState.Uninterruptible);
    }

    string IWaitable.Describe() => $"aio_complete() of a request to {_iocb.KiFilp.Path}";

    /// <summary>A request that is not queued is over, whatever it returned.</summary>
    private KernelResult Finish(KernelResult result, ref long position)
    {
        if (result.Errno == Errno.EIOCBQUEUED)
            result = Wait();
        else if (_iocb.IsDone)
            throw AsyncIo.CompletedTwice(_iocb);
        _iocb.IsDone = true;
        position = _iocb.KiPos;
        return result;
    }

    /// <summary><c>wait_on_sync_kiocb</c>.</summary>
    private long Wait()
    {
        _scheduler.Point("wait_on_sync_kiocb", _iocb);
        try
        {
            while (!_iocb.IsDone)
            {
                _task.State = TaskState.Uninterruptible;
                _task.WaitsFor = this;
                _task.Operation = "wait_on_sync_kiocb";
                _scheduler.Schedule();
            }
        }
        finally
        {
            _task.WaitsFor = null;
            _task.State = TaskState.Running;
        }

        return _result;
    }

    private static KernelOopsException Missing(string function, string operation) =>
        new($"Unable to handle kernel NULL pointer dereference: {function} of a file without {operation}");
}
