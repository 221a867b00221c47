// DK1004 User memory accessed in atomic context
//// buggy copy_to_user_under_a_spinlock
// The keyboard lab's read: the ring is copied to the process with the lock of the handler held.
public sealed class Keys
{
    private readonly Spinlock _lock = new("kbd");
    private readonly byte[] _ring = new byte[64];
    private int _count;

    public KernelResult Read(UserVirtualAddress buffer)
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        int count = _count;
        ulong left = CopyToUser(buffer, _ring.AsSpan(0, count)); // DK1004
        _count = 0;
        SpinUnlockIrqrestore(_lock, flags);
        return left == 0 ? count : -EFAULT;
    }
}
//// correct copied_out_under_the_lock_and_to_the_user_after
public sealed class Keys
{
    private readonly Spinlock _lock = new("kbd");
    private readonly byte[] _ring = new byte[64];
    private int _count;

    public KernelResult Read(UserVirtualAddress buffer)
    {
        byte[] copy = new byte[64];
        SpinLockIrqsave(_lock, out IrqFlags flags);
        int count = _count;
        _ring.CopyTo(copy, 0);
        _count = 0;
        SpinUnlockIrqrestore(_lock, flags);
        return CopyToUser(buffer, copy.AsSpan(0, count)) == 0 ? count : -EFAULT;
    }
}
//// buggy put_user_under_a_kmap_atomic_slot
// akpm on the kdump patches of 2005: copy_to_user between kmap_atomic and kunmap_atomic.
public sealed class Words
{
    public static KernelResult First(Page page, UserVirtualAddress to)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        KernelResult result = PutUser(Load<uint>(mapped), to); // DK1004
        KunmapAtomic(mapped, KmType.User0);
        return result.IsError ? -EFAULT : 0;
    }
}
//// correct put_user_after_the_slot
public sealed class Words
{
    public static KernelResult First(Page page, UserVirtualAddress to)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.User0);
        return PutUser(word, to).IsError ? -EFAULT : 0;
    }
}
//// buggy helper_that_reads_a_command
public sealed class Commands
{
    private readonly Spinlock _lock = new("commands");
    private uint _last;

    public KernelResult Submit(UserVirtualAddress from)
    {
        SpinLock(_lock);
        KernelResult result = Fetch(from); // DK1004
        SpinUnlock(_lock);
        return result;
    }

    private KernelResult Fetch(UserVirtualAddress from)
    {
        if (GetUser(out uint command, from).IsError)
            return -EFAULT;
        _last = command;
        return 0;
    }
}
//// correct helper_that_reads_a_command_under_a_mutex
public sealed class Commands
{
    private readonly KernelMutex _lock = new("commands");
    private uint _last;

    public KernelResult Submit(UserVirtualAddress from)
    {
        MutexLock(_lock);
        KernelResult result = Fetch(from);
        MutexUnlock(_lock);
        return result;
    }

    private KernelResult Fetch(UserVirtualAddress from)
    {
        if (GetUser(out uint command, from).IsError)
            return -EFAULT;
        _last = command;
        return 0;
    }
}
//// buggy clear_user_with_preemption_off
public sealed class Zeroes
{
    private int _lastCpu;

    public KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, 4096);
        PreemptDisable();
        _lastCpu = SmpProcessorId();
        ulong left = ClearUser(buffer, count); // DK1004
        PreemptEnable();
        return left == 0 ? count : -EFAULT;
    }
}
//// correct clear_user_with_preemption_on
public sealed class Zeroes
{
    private int _lastCpu;

    public KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, 4096);
        PreemptDisable();
        _lastCpu = SmpProcessorId();
        PreemptEnable();
        return ClearUser(buffer, count) == 0 ? count : -EFAULT;
    }
}
//// buggy lambda_in_a_local
public sealed class Status
{
    private readonly Rwlock _lock = new("status");
    private uint _bits;

    public KernelResult Get(UserVirtualAddress to)
    {
        Func<uint, KernelResult> give = bits => PutUser(bits, to);
        ReadLock(_lock);
        KernelResult result = give(_bits); // DK1004
        ReadUnlock(_lock);
        return result.IsError ? -EFAULT : 0;
    }
}
//// correct lambda_called_after_the_lock
public sealed class Status
{
    private readonly Rwlock _lock = new("status");
    private uint _bits;

    public KernelResult Get(UserVirtualAddress to)
    {
        Func<uint, KernelResult> give = bits => PutUser(bits, to);
        ReadLock(_lock);
        uint bits = _bits;
        ReadUnlock(_lock);
        return give(bits).IsError ? -EFAULT : 0;
    }
}
//// buggy lock_taken_on_one_of_the_ways
public sealed class Block
{
    private readonly Spinlock _lock = new("block");
    private readonly KernelLogicalAddress _data;

    public Block(KernelLogicalAddress data) => _data = data;

    public KernelResult Write(UserVirtualAddress from, bool shared)
    {
        if (shared)
            SpinLock(_lock);
        ulong left = CopyFromUser(_data, from, 512); // DK1004
        if (shared)
            SpinUnlock(_lock);
        return left == 0 ? 512 : -EFAULT;
    }
}
//// correct the_inatomic_form_under_the_lock
public sealed class Block
{
    private readonly Spinlock _lock = new("block");
    private readonly KernelLogicalAddress _data;

    public Block(KernelLogicalAddress data) => _data = data;

    public KernelResult Write(UserVirtualAddress from)
    {
        if (!AccessOk(from, 512))
            return -EFAULT;
        SpinLock(_lock);
        ulong left = CopyFromUserInatomic(_data, from, 512);
        SpinUnlock(_lock);
        return left == 0 ? 512 : -EFAULT;
    }
}
