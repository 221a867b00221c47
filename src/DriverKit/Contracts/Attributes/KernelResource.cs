namespace DriverKit.Contracts;

/// <summary>What a method can take hold of or let go of, for <see cref="AcquiresAttribute"/> and <see cref="ReleasesAttribute"/>.</summary>
public enum KernelResource
{
    /// <summary>A slot of <c>kmap_atomic</c>; while one is held nothing may sleep.</summary>
    KmapAtomicSlot,

    /// <summary>One count of <c>preempt_disable</c>.</summary>
    PreemptCount,
}
