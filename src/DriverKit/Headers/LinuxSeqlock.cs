using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/seqlock.h</c>: readers that never make a writer wait. Every context; a writer must not sleep.</summary>
/// <remarks>A reader repeats <c>do { seq = ReadSeqbegin(sl); … } while (ReadSeqretry(sl, seq));</c> and must not follow what it has read before the loop is over.
/// Source: include/linux/seqlock.h of Linux 2.6.20.</remarks>
public static class LinuxSeqlock
{
    /// <summary><c>seqlock_init(x)</c>: as new.</summary>
    public static void SeqlockInit(Seqlock x)
    {
        SharedObject.Enter("seqlock_init", x);
        x.Lock.Reset();
        x.Sequence = 0;
    }

    /// <summary><c>write_seqlock(sl)</c>: begins to write.</summary>
    /// <exception cref="KernelOopsException">The task or the processor writes already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    public static void WriteSeqlock(Seqlock sl) => Begin("write_seqlock", sl, LockContext.Plain);

    /// <summary><c>write_seqlock_bh(sl)</c>: begins to write, with bottom halves off.</summary>
    /// <exception cref="KernelOopsException">The task or the processor writes already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.BottomHalves)]
    public static void WriteSeqlockBh(Seqlock sl) => Begin("write_seqlock_bh", sl, LockContext.Bh);

    /// <summary><c>write_seqlock_irq(sl)</c>: begins to write, with interrupts off.</summary>
    /// <exception cref="KernelOopsException">The task or the processor writes already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void WriteSeqlockIrq(Seqlock sl) => Begin("write_seqlock_irq", sl, LockContext.Irq);

    /// <summary><c>write_seqlock_irqsave(sl, flags)</c>: begins to write, with interrupts off.</summary>
    /// <param name="sl">The lock.</param>
    /// <param name="flags">Whether interrupts were on.</param>
    /// <exception cref="KernelOopsException">The task or the processor writes already.</exception>
    [Acquires(KernelResource.Spinlock)]
    [Acquires(KernelResource.PreemptCount)]
    [Acquires(KernelResource.InterruptsOff)]
    public static void WriteSeqlockIrqsave(Seqlock sl, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("write_seqlock_irqsave", sl);
        flags = LockContexts.EnterIrqsave(scheduler);
        sl.Lock.Lock(scheduler, "write_seqlock_irqsave", sl);
        sl.Sequence++;
    }

    /// <summary><c>write_sequnlock(sl)</c>: done.</summary>
    /// <exception cref="KernelOopsException">Nobody writes, or not this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    public static void WriteSequnlock(Seqlock sl) => End("write_sequnlock", sl, LockContext.Plain);

    /// <summary><c>write_sequnlock_bh(sl)</c>: done.</summary>
    /// <exception cref="KernelOopsException">Nobody writes, or not this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.BottomHalves)]
    public static void WriteSequnlockBh(Seqlock sl) => End("write_sequnlock_bh", sl, LockContext.Bh);

    /// <summary><c>write_sequnlock_irq(sl)</c>: done.</summary>
    /// <exception cref="KernelOopsException">Nobody writes, or not this task on this processor.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void WriteSequnlockIrq(Seqlock sl) => End("write_sequnlock_irq", sl, LockContext.Irq);

    /// <summary><c>write_sequnlock_irqrestore(sl, flags)</c>: done; interrupts are as they were.</summary>
    /// <exception cref="KernelOopsException">Nobody writes, or not this task on this processor, or the flags were never saved.</exception>
    [Releases(KernelResource.Spinlock)]
    [Releases(KernelResource.PreemptCount)]
    [Releases(KernelResource.InterruptsOff)]
    public static void WriteSequnlockIrqrestore(Seqlock sl, IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("write_sequnlock_irqrestore", sl);
        sl.Lock.Unlock(scheduler);
        sl.Sequence++;
        LockContexts.LeaveIrqrestore(scheduler, flags, "write_sequnlock_irqrestore");
    }

    /// <summary><c>write_tryseqlock(sl)</c>: begins to write if nobody else does.</summary>
    /// <returns>True if it has begun.</returns>
    [MustCheck]
    [Acquires(KernelResource.Spinlock, When = ResultMeaning.True)]
    [Acquires(KernelResource.PreemptCount, When = ResultMeaning.True)]
    public static bool WriteTryseqlock(Seqlock sl)
    {
        Scheduler scheduler = SharedObject.Enter("write_tryseqlock", sl);
        Preemption.Disable(scheduler.Cpu);
        if (sl.Lock.TryLock(scheduler))
        {
            sl.Sequence++;
            return true;
        }

        Preemption.Enable(scheduler.Cpu, "write_tryseqlock");
        return false;
    }

    /// <summary><c>read_seqbegin(sl)</c>: begins to read.</summary>
    /// <returns>What <see cref="ReadSeqretry"/> wants to know.</returns>
    [MustCheck]
    public static uint ReadSeqbegin(Seqlock sl)
    {
        SharedObject.Enter("read_seqbegin", sl).StoreBuffers?.Drain();
        return sl.Sequence;
    }

    /// <summary><c>read_seqretry(sl, iv)</c>: whether somebody has written meanwhile.</summary>
    /// <returns>True: what was read may not fit together; read again.</returns>
    /// <exception cref="DeadlockException">The reader has interrupted the writer, and would try for ever.</exception>
    [MustCheck]
    public static bool ReadSeqretry(Seqlock sl, uint iv)
    {
        Scheduler scheduler = SharedObject.Enter("read_seqretry", sl);
        scheduler.StoreBuffers?.Drain();
        if ((iv & 1) == 0 && sl.Sequence == iv)
            return false;
        sl.WaitForWriter(scheduler);
        return true;
    }

    /// <summary><c>read_seqbegin_irqsave(sl, flags)</c>: begins to read, with interrupts off.</summary>
    /// <param name="sl">The lock.</param>
    /// <param name="flags">Whether interrupts were on.</param>
    /// <returns>What <see cref="ReadSeqretryIrqrestore"/> wants to know.</returns>
    [Acquires(KernelResource.InterruptsOff)]
    [MustCheck]
    public static uint ReadSeqbeginIrqsave(Seqlock sl, out IrqFlags flags)
    {
        Scheduler scheduler = SharedObject.Enter("read_seqbegin_irqsave", sl);
        flags = LocalInterrupts.Save(scheduler);
        scheduler.StoreBuffers?.Drain();
        return sl.Sequence;
    }

    /// <summary><c>read_seqretry_irqrestore(sl, iv, flags)</c>: whether somebody has written meanwhile; interrupts are as they were.</summary>
    /// <param name="sl">The lock.</param>
    /// <param name="iv">What <see cref="ReadSeqbeginIrqsave"/> has returned.</param>
    /// <param name="flags">Whether interrupts were on.</param>
    /// <returns>True: read again.</returns>
    /// <exception cref="KernelOopsException">The flags were never saved.</exception>
    [Releases(KernelResource.InterruptsOff)]
    [MustCheck]
    public static bool ReadSeqretryIrqrestore(Seqlock sl, uint iv, IrqFlags flags)
    {
        bool again = ReadSeqretry(sl, iv);
        LocalInterrupts.Restore(SharedObject.Enter("read_seqretry_irqrestore", sl), flags, "read_seqretry_irqrestore");
        return again;
    }

    /// <summary><c>seqcount_init(x)</c>: as new.</summary>
    public static void SeqcountInit(Seqcount x)
    {
        SharedObject.Enter("seqcount_init", x);
        x.Sequence = 0;
    }

    /// <summary><c>write_seqcount_begin(s)</c>: the caller keeps other writers out, and cannot be preempted.</summary>
    [MustHold(KernelResource.PreemptCount)]
    public static void WriteSeqcountBegin(Seqcount s) => Step("write_seqcount_begin", s);

    /// <summary><c>write_seqcount_end(s)</c>.</summary>
    [MustHold(KernelResource.PreemptCount)]
    public static void WriteSeqcountEnd(Seqcount s) => Step("write_seqcount_end", s);

    /// <summary><c>read_seqcount_begin(s)</c>: begins to read.</summary>
    /// <returns>What <see cref="ReadSeqcountRetry"/> wants to know.</returns>
    [MustCheck]
    public static uint ReadSeqcountBegin(Seqcount s)
    {
        SharedObject.Enter("read_seqcount_begin", s).StoreBuffers?.Drain();
        return s.Sequence;
    }

    /// <summary><c>read_seqcount_retry(s, iv)</c>: whether somebody has written meanwhile.</summary>
    /// <returns>True: read again.</returns>
    [MustCheck]
    public static bool ReadSeqcountRetry(Seqcount s, uint iv)
    {
        Scheduler scheduler = SharedObject.Enter("read_seqcount_retry", s);
        scheduler.StoreBuffers?.Drain();
        if ((iv & 1) == 0 && s.Sequence == iv)
            return false;
        scheduler.Relax("read_seqcount_retry", s);
        return true;
    }

    private static void Begin(string function, Seqlock sl, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, sl);
        context.Enter(scheduler);
        sl.Lock.Lock(scheduler, function, sl);
        sl.Sequence++;
    }

    private static void End(string function, Seqlock sl, LockContext context)
    {
        Scheduler scheduler = SharedObject.Enter(function, sl);
        sl.Lock.Unlock(scheduler);
        sl.Sequence++;
        context.Leave(scheduler, function);
        SharedObject.Left(scheduler, sl);
    }

    private static void Step(string function, Seqcount s)
    {
        Scheduler scheduler = SharedObject.Enter(function, s);
        scheduler.StoreBuffers?.Drain();
        s.Sequence++;
    }
}
