namespace DriverKit.Contracts;

/// <summary>The part of the kernel's address space that an address comes from.</summary>
public enum AddressOrigin
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>Directly mapped low memory: <c>kmalloc</c>, <c>__get_free_pages</c>, <c>__va</c>.</summary>
    LowMemory,

    /// <summary>The <c>vmalloc</c> area.</summary>
    Vmalloc,

    /// <summary>The <c>kmap</c> area; for a page of low memory it is a low memory address, so nothing may rely on either.</summary>
    Kmap,

    /// <summary>A <c>kmap_atomic</c> slot.</summary>
    KmapAtomic,

    /// <summary>Device memory made visible by <c>ioremap</c>.</summary>
    Ioremap,
}
