// One pipe: a ring of bytes in kernel memory. rp == wp means that it is empty, so one byte is never used.
namespace Samples.ScullPipe;

public sealed class ScullPipeDevice : Cdev
{
    private readonly ScullPipeModule _module;
    private readonly int _index;
    private readonly WaitQueueHead _inq, _outq;
    private readonly KernelSemaphore _sem;
    private KernelLogicalAddress _buffer, _end, _rp, _wp;
    private ulong _bufferSize;
    private int _nreaders, _nwriters;
    private FasyncStruct? _asyncQueue;

    public ScullPipeDevice(ScullPipeModule module, int index)
    {
        (_module, _index) = (module, index);
        (_inq, _outq, _sem) = (new($"scullpipe{index}.inq"), new($"scullpipe{index}.outq"), new(1, $"scullpipe{index}.sem"));
        CdevInit(this, new()
        {
            Owner = module,
            Open = Open,
            Release = Release,
            Llseek = NoLlseek,
            Read = Read,
            Write = Write,
            Poll = Poll,
            Fasync = OnFasync,
        });
        Owner = module;
    }

    private ulong SpaceFree => _rp == _wp ? _bufferSize - 1 : (_rp + _bufferSize - _wp) % _bufferSize - 1;

    /// <summary>The device's part of /proc/scullpipe.</summary>
    public KernelResult Describe(KernelLogicalAddress text)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        int length = Sprintf(text,
            $"""

            Device {_index}:
               Buffer: {_buffer.Value:x8} to {_end.Value:x8} ({_bufferSize} bytes)
               rp {_rp.Value:x8}   wp {_wp.Value:x8}
               readers {_nreaders}   writers {_nwriters}

            """);
        Up(_sem);
        return length;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        if (_buffer.IsNull)
        {
            _buffer = Kmalloc((ulong)_module.ScullPBuffer, GfpFlags.Kernel);
            if (_buffer.IsNull)
            {
                Up(_sem);
                return -ENOMEM;
            }
        }

        // The book's own mistake: what others have written and nobody has read is lost.
        _bufferSize = (ulong)_module.ScullPBuffer;
        _end = _buffer + _bufferSize;
        _rp = _wp = _buffer;

        Users(filp, 1);
        Up(_sem);
        return NonseekableOpen(inode, filp);
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        OnFasync(-1, filp, false);
        Down(_sem);
        Users(filp, -1);
        if (_nreaders + _nwriters == 0)
        {
            Kfree(_buffer);
            _buffer = default;
        }

        Up(_sem);
        return 0;
    }

    private void Users(OpenFile filp, int by)
    {
        if ((filp.FMode & FileModes.Read) != 0)
            _nreaders += by;
        if ((filp.FMode & FileModes.Write) != 0)
            _nwriters += by;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;

        while (_rp == _wp)
        {
            Up(_sem);
            if ((filp.FFlags & OpenFlags.NonBlock) != 0)
                return -EAGAIN;
            Printk(LogLevel.Debug, $"scull: \"{Current.Comm}\" reading: going to sleep");
            if (WaitEventInterruptible(_inq, () => _rp != _wp).IsError)
                return -ERESTARTSYS;
            if (DownInterruptible(_sem).IsError)
                return -ERESTARTSYS;
        }

        // Up to the end of the ring only; the caller reads again for the rest.
        count = Math.Min(count, _wp > _rp ? _wp - _rp : _end - _rp);
        if (CopyToUser(buffer, _rp, count) != 0)
        {
            Up(_sem);
            return -EFAULT;
        }

        _rp += count;
        if (_rp == _end)
            _rp = _buffer;
        Up(_sem);

        WakeUpInterruptible(_outq);
        Printk(LogLevel.Debug, $"scull: \"{Current.Comm}\" did read {count} bytes");
        return count;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        if (GetWriteSpace(filp) is { IsError: true } error)
            return error;

        count = Math.Min(count, SpaceFree);
        count = Math.Min(count, _wp >= _rp ? _end - _wp : _rp - _wp - 1);
        if (CopyFromUser(_wp, buffer, count) != 0)
        {
            Up(_sem);
            return -EFAULT;
        }

        _wp += count;
        if (_wp == _end)
            _wp = _buffer;
        Up(_sem);

        WakeUpInterruptible(_inq);
        if (_asyncQueue is not null)
            KillFasync(ref _asyncQueue, Signal.SIGIO, SignalCode.PollIn);
        Printk(LogLevel.Debug, $"scull: \"{Current.Comm}\" did write {count} bytes");
        return count;
    }

    // Called with the semaphore held, which it has given back if it fails. wait_event_interruptible() by hand, to show what is in it.
    private KernelResult GetWriteSpace(OpenFile filp)
    {
        while (SpaceFree == 0)
        {
            WaitQueueEntry wait = DefineWait();
            Up(_sem);
            if ((filp.FFlags & OpenFlags.NonBlock) != 0)
                return -EAGAIN;
            Printk(LogLevel.Debug, $"scull: \"{Current.Comm}\" writing: going to sleep");
            PrepareToWait(_outq, wait, TaskInterruptible);
            if (SpaceFree == 0)
                Schedule();
            FinishWait(_outq, wait);
            if (SignalPending(Current))
                return -ERESTARTSYS;
            if (DownInterruptible(_sem).IsError)
                return -ERESTARTSYS;
        }

        return 0;
    }

    private PollEvents Poll(OpenFile filp, PollTable? wait)
    {
        PollEvents mask = PollEvents.None;
        Down(_sem);
        PollWait(filp, _inq, wait);
        PollWait(filp, _outq, wait);
        if (_rp != _wp)
            mask |= PollEvents.In | PollEvents.RdNorm;
        if (SpaceFree != 0)
            mask |= PollEvents.Out | PollEvents.WrNorm;
        Up(_sem);
        return mask;
    }

    private KernelResult OnFasync(int fd, OpenFile filp, bool on) => FasyncHelper(fd, filp, on, ref _asyncQueue);
}
