namespace DriverKit.Hardware;

/// <summary>One processor and the words the kernel keeps per processor.</summary>
public sealed class Cpu
{
    internal Cpu(int id) => Id = id;

    /// <summary><c>smp_processor_id()</c>.</summary>
    public int Id { get; }

    /// <summary><c>preempt_count()</c>, which x86 keeps in a per-CPU word: above zero, the code that runs is atomic and may not sleep.</summary>
    public int PreemptCount { get; internal set; }

    /// <summary>How many <c>kmap_atomic</c> slots this processor holds.</summary>
    public int AtomicKmaps { get; internal set; }

    /// <summary><c>preempt_count()</c> as the newest of those slots has left it: while it is no higher, a slot is what was taken last.</summary>
    internal int AtomicKmapLevel { get; set; }

    /// <summary>How many interrupt handlers and softirqs are under way, one within the other.</summary>
    internal int InterruptDepth { get; set; }

    /// <summary><c>preempt_count()</c> with which the innermost of them began: what it has taken hold of itself comes on top.</summary>
    internal int InterruptBase { get; set; }

    /// <summary>The interrupt flag of EFLAGS: false, and no interrupt is taken (<c>irqs_disabled()</c>).</summary>
    public bool InterruptsEnabled { get; internal set; } = true;

    /// <summary><c>local_softirq_pending()</c>: a bit for each softirq that has been raised and has not run.</summary>
    public uint SoftirqPending { get; internal set; }
}
