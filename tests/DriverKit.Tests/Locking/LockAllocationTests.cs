namespace DriverKit.Tests.Locking;

/// <summary>A lock that nobody else wants costs no managed memory.</summary>
public sealed class LockAllocationTests : LockTest
{
    [Fact]
    public void An_uncontended_lock_allocates_nothing() => BootSmp().RunKernelThread(() =>
    {
        var spin = new Spinlock();
        var rw = new Rwlock();
        var mutex = new KernelMutex();
        var sem = new KernelSemaphore();
        var rwsem = new RwSemaphore();
        var seq = new Seqlock();
        var atomic = new AtomicT();
        var bits = new Bitmap(32);
        Use();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Use();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Use()
        {
            SpinLock(spin);
            SpinUnlock(spin);
            SpinLockBh(spin);
            SpinUnlockBh(spin);
            SpinLockIrqsave(spin, out IrqFlags flags);
            SpinUnlockIrqrestore(spin, flags);
            ReadLock(rw);
            ReadUnlock(rw);
            WriteLock(rw);
            WriteUnlock(rw);
            MutexLock(mutex);
            MutexUnlock(mutex);
            Down(sem);
            Up(sem);
            DownRead(rwsem);
            UpRead(rwsem);
            DownWrite(rwsem);
            UpWrite(rwsem);
            WriteSeqlock(seq);
            WriteSequnlock(seq);
            _ = ReadSeqretry(seq, ReadSeqbegin(seq));
            RcuReadLock();
            RcuReadUnlock();
            AtomicInc(atomic);
            SetBit(3, bits);
        }
    });
}
