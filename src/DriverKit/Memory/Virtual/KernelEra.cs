namespace DriverKit.Memory.Virtual;

/// <summary>Which kernel's driver-side rules apply where they changed.</summary>
public enum KernelEra
{
    /// <summary>Linux 2.6.11, the kernel of the driver book's third edition.</summary>
    Linux2611,

    /// <summary>Linux 2.6.20, with <c>vm_insert_pfn</c>. The default.</summary>
    Linux2620,
}

/// <summary>All behaviours that depend on the era, in one place.</summary>
internal static class EraRules
{
    /// <summary>Before 2.6.15, <c>remap_pfn_range</c> leaves frames of RAM that are not PG_reserved without an entry, and still returns 0.</summary>
    public static bool RemapSkipsUnreservedRam(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Since 2.6.15, <c>remap_pfn_range</c> marks the area VM_PFNMAP.</summary>
    public static bool RemapMarksPfnMap(KernelEra era) => era != KernelEra.Linux2611;
}
