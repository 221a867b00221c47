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
}
