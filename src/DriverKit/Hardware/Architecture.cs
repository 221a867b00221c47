namespace DriverKit.Hardware;

/// <summary>The processors the kit models. All are x86 with 4 KiB pages.</summary>
public enum Architecture
{
    /// <summary>32-bit with two-level tables: 4 GiB of virtual and of physical space.</summary>
    I386,

    /// <summary>32-bit with physical address extension: three levels, 64-bit entries, 64 GiB of physical space, no-execute.</summary>
    I386Pae,

    /// <summary>64-bit with four levels: 48 bits of virtual space.</summary>
    X8664,
}
