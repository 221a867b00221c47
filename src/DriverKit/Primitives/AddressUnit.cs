namespace DriverKit.Primitives;

/// <summary>What a number counts, for <see cref="UnitAttribute"/>.</summary>
public enum AddressUnit
{
    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Pages, such as <c>vm_pgoff</c>.</summary>
    Pages,

    /// <summary>Frame numbers: a physical address in pages.</summary>
    Frames,
}
