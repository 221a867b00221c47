namespace DriverKit.Analyzers.Options;

/// <summary>Which kernel a driver is written for, where the rules differ.</summary>
internal enum KernelEra
{
    /// <summary>Linux 2.6.20: <c>remap_pfn_range</c> takes RAM like device memory.</summary>
    Linux2620,

    /// <summary>Linux 2.6.11: <c>remap_pfn_range</c> leaves RAM that is not PG_reserved unmapped.</summary>
    Linux2611,
}
