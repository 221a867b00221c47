// Memory as a device: quanta in lists, as many as were written.
namespace Drivers.ScullN0;

internal sealed class ScullN0Device : Cdev
{
    private readonly ScullN0Module _module;
    private readonly int _index;
    private readonly KernelSemaphore _sem;
    private readonly List<KernelLogicalAddress[]> _sets = [];
    private ulong _size, _quantum;
    private int _perSet;

    public ScullN0Device(ScullN0Module module, int index)
    {
        (_module, _index) = (module, index);
        _sem = new(1, $"scullN0.{index}");
        _quantum = (ulong)module.Quantum;
        _perSet = module.QSet;
        CdevInit(this, new()
        {
            Owner = module,
            Open = Open,
            Release = Release,
            Read = Read,
            Write = Write,
            Llseek = Llseek,
            Ioctl = Ioctl,
        });
        Owner = module;
    }

    public ulong Size => _size;

    public KernelSemaphore Sem => _sem;

    public string Describe() => $"Device {_index}: qset {_perSet}, q {_quantum}, sz {_size}";

    /// <summary>Frees everything. Called with the semaphore held, or when nobody can come any more.</summary>
    public void Trim()
    {
        foreach (KernelLogicalAddress[] set in _sets)
        {
            for (int i = 0; i < set.Length; i++)
            {
                if (set[i].IsNull)
                    continue;
                Kfree(set[i]);
                set[i] = default;
            }
        }

        _sets.Clear();
        _size = 0;
        _quantum = (ulong)_module.Quantum;
        _perSet = _module.QSet;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        filp.PrivateData = this;
        if ((filp.FFlags & OpenFlags.AccessMode) != OpenFlags.WriteOnly)
            return 0;
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        Trim();
        Up(_sem);
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp) => 0;

    private KernelLogicalAddress[]? Follow(int number, bool isWrite)
    {
        while (_sets.Count <= number)
        {
            if (!isWrite || _sets.Count > 4096)
                return null;
            _sets.Add(new KernelLogicalAddress[_perSet]);
        }

        return _sets[number];
    }

    private (int Set, int Quantum, ulong Offset) Locate(ulong position)
    {
        ulong itemSize = _quantum * (ulong)_perSet;
        ulong rest = position % itemSize;
        return ((int)(position / itemSize), (int)(rest / _quantum), rest % _quantum);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        KernelResult result = 0;
        if ((ulong)position < _size)
        {
            count = Math.Min(count, _size - (ulong)position);
            (int set, int quantum, ulong rest) = Locate((ulong)position);
            if (Follow(set, isWrite: false) is { } data && !data[quantum].IsNull)
            {
                count = Math.Min(count, _quantum - rest);
                if (CopyToUser(buffer, data[quantum] + rest, count) != 0)
                {
                    result = -EFAULT;
                }
                else
                {
                    position += (long)count;
                    result = count;
                }
            }
        }

        Up(_sem);
        return result;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        KernelResult result = -ENOMEM;
        (int set, int quantum, ulong rest) = Locate((ulong)position);
        KernelLogicalAddress[]? data = Follow(set, isWrite: true);
        if (data is null)
            goto done;
        if (data[quantum].IsNull)
        {
            data[quantum] = Kzalloc(_quantum, GfpFlags.Kernel);
            if (data[quantum].IsNull)
                goto done;
        }

        count = Math.Min(count, _quantum - rest);
        if (CopyFromUser(data[quantum] + rest, buffer, count) != 0)
        {
            result = -EFAULT;
            goto done;
        }

        position += (long)count;
        result = count;
        if (_size < (ulong)position)
            _size = (ulong)position;

    done:
        Up(_sem);
        return result;
    }

    private KernelResult Llseek(OpenFile filp, long offset, SeekWhence whence)
    {
        long target = whence switch
        {
            SeekWhence.Set => offset,
            SeekWhence.Current => filp.FPos + offset,
            SeekWhence.End => (long)_size + offset,
            _ => -1,
        };
        if (target < 0)
            return -EINVAL;
        filp.FPos = target;
        return target;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        var user = new UserVirtualAddress(argument);
        switch (command)
        {
            case ScullN0Ioctl.Reset:
                _module.Quantum = 4000;
                _module.QSet = 1000;
                return 0;
            case ScullN0Ioctl.SetQuantum:
            {
                if (!Capable(Capability.SysAdmin))
                    return -EPERM;
                KernelResult result = GetUser(out int quantum, user);
                if (result.IsError)
                    return result;
                if (quantum is < 16 or > 65536)
                    return -EINVAL;
                _module.Quantum = quantum;
                return 0;
            }
            case ScullN0Ioctl.GetQuantum:
                return PutUser(_module.Quantum, user);
            case ScullN0Ioctl.TellQSet:
                if (!Capable(Capability.SysAdmin))
                    return -EPERM;
                if (argument is 0 or > 1000)
                    return -EINVAL;
                _module.QSet = (int)argument;
                return 0;
            case ScullN0Ioctl.QueryQSet:
                return _module.QSet;
            default:
                return -ENOTTY;
        }
    }
}
