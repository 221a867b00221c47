// DK7001 to DK7004, DK7006, DK7007: an account and its locks.
namespace Samples.Buggy;

public sealed class AccountModule : MiscModule
{
    public const uint Double = 1, Save = 2, Audit = 3, Freeze = 4, Print = 5;

    private readonly KernelMutex _account = new("account");
    private readonly KernelMutex _ledger = new("ledger");
    private readonly Spinlock _cash = new("cash");
    private readonly Spinlock _flags = new("flags");
    private readonly KernelSemaphore _printer = new(1, "printer");
    private int _sum, _notes, _entries, _pages;
    private bool _isFrozen;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Read = TakeNote, Fsync = CloseAccount };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        Double => DoubleSum(),
        Save => SaveSum(),
        Audit => AuditLedger(),
        Freeze => ToggleFreeze(),
        Print => PrintPage(),
        _ => -ENOTTY,
    };

    private KernelResult DoubleSum()
    {
        MutexLock(_account);
        Add(_sum); // DK7001
        MutexUnlock(_account);
        return 0;
    }

    private void Add(int amount)
    {
        MutexLock(_account);
        _sum += amount;
        MutexUnlock(_account);
    }

    // The error path was written first, when it still returned.
    private KernelResult CloseAccount(OpenFile filp)
    {
        KernelResult result = 0;
        MutexLock(_account);
        if (_sum == 0)
        {
            MutexUnlock(_account);
            result = -EINVAL;
        }

        MutexUnlock(_account); // DK7002
        return result;
    }

    private KernelResult TakeNote(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        SpinLock(_cash); // DK7003
        if (_notes == 0)
            return -EAGAIN;
        _notes--;
        SpinUnlock(_cash);
        return 0;
    }

    private KernelResult SaveSum()
    {
        MutexLock(_account);
        Msleep(1);
        MutexLock(_ledger);
        _entries += _sum;
        MutexUnlock(_ledger);
        MutexUnlock(_account);
        return 0;
    }

    // The other way round.
    private KernelResult AuditLedger()
    {
        MutexLock(_ledger);
        Msleep(1);
        MutexLock(_account); // DK7004
        _sum = _entries;
        MutexUnlock(_account);
        MutexUnlock(_ledger);
        return 0;
    }

    private KernelResult ToggleFreeze()
    {
        SpinLockIrq(_flags);
        _isFrozen = !_isFrozen;
        SpinUnlockIrqrestore(_flags, default); // DK7006
        return 0;
    }

    // down_trylock() answers 0 when it has the semaphore.
    private KernelResult PrintPage()
    {
        if (DownTrylock(_printer) != 0) // DK7007
        {
            _pages++;
            Up(_printer);
            return 0;
        }

        return -EBUSY;
    }
}
