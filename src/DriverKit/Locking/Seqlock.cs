using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>seqcount_t</c>: odd while somebody writes; a reader that saw it move reads again (<c>linux/seqlock.h</c>). Writers keep one another out by other means.</summary>
/// <remarks>Source: include/linux/seqlock.h of Linux 2.6.20.</remarks>
public sealed class Seqcount
{
    private readonly string? _name;

    /// <summary>A counter at rest.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Seqcount(string? name = null) => _name = name;

    /// <summary><c>sequence</c>.</summary>
    internal uint Sequence { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "seqcount";
}

/// <summary><c>seqlock_t</c>: readers never make a writer wait; they read again if one came between (<c>linux/seqlock.h</c>). Make one with <c>new</c>
/// (<c>DEFINE_SEQLOCK</c>, <c>seqlock_init</c>).</summary>
/// <remarks>Source: include/linux/seqlock.h of Linux 2.6.20.</remarks>
public sealed class Seqlock
{
    private readonly string? _name;

    /// <summary>A lock that nobody holds.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Seqlock(string? name = null)
    {
        _name = name;
        Lock = new Spinlock(name is null ? "of a seqlock" : $"of seqlock {name}");
    }

    /// <summary><c>sequence</c>: odd while somebody writes.</summary>
    internal uint Sequence { get; set; }

    /// <summary><c>lock</c>: keeps writers apart.</summary>
    internal Spinlock Lock { get; }

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "seqlock";

    /// <summary>A reader in the middle of a write can do nothing but try again until the writer is done. One that has interrupted the writer
    /// tries for ever, and the blocked machine says so.</summary>
    internal void WaitForWriter(Scheduler scheduler)
    {
        if (!Lock.IsLocked)
            return;
        Preemption.Disable(scheduler.Cpu);
        scheduler.SpinOn(Lock, "read_seqretry", this);
        Preemption.Enable(scheduler.Cpu, "read_seqretry");
    }
}
