namespace DriverKit.Contracts;

/// <summary>What a method can take hold of or let go of, for <see cref="AcquiresAttribute"/> and <see cref="ReleasesAttribute"/>.</summary>
public enum KernelResource
{
    /// <summary>A slot of <c>kmap_atomic</c>; while one is held nothing may sleep.</summary>
    KmapAtomicSlot,

    /// <summary>One count of <c>preempt_disable</c>; while one is held nothing may sleep.</summary>
    PreemptCount,

    /// <summary>One count of <c>local_bh_disable</c>; while one is held nothing may sleep.</summary>
    BottomHalves,

    /// <summary>Interrupts are off on the processor (<c>local_irq_disable</c>, <c>local_irq_save</c>); nothing may sleep.</summary>
    InterruptsOff,

    /// <summary>A <c>spinlock_t</c>, or the spinlock of a <c>seqlock_t</c>.</summary>
    Spinlock,

    /// <summary>A <c>rwlock_t</c> for reading.</summary>
    ReadLock,

    /// <summary>A <c>rwlock_t</c> for writing.</summary>
    WriteLock,

    /// <summary>A <c>struct mutex</c>.</summary>
    Mutex,

    /// <summary>One count of a <c>struct semaphore</c>.</summary>
    Semaphore,

    /// <summary>A <c>struct rw_semaphore</c> for reading.</summary>
    ReadSemaphore,

    /// <summary>A <c>struct rw_semaphore</c> for writing.</summary>
    WriteSemaphore,

    /// <summary>A read section of RCU (<c>rcu_read_lock</c>); nothing may sleep.</summary>
    RcuReadSide,
}
