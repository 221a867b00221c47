namespace DriverKit.Primitives;

/// <summary>A page frame number: the physical address in units of pages. Not an address, so it takes part in no address arithmetic.</summary>
/// <param name="Value">The number of the frame.</param>
public readonly record struct Pfn([Unit(AddressUnit.Frames)][property: Unit(AddressUnit.Frames)] ulong Value) : IComparable<Pfn>
{
    /// <summary>The physical address of the frame's first byte (<c>pfn &lt;&lt; PAGE_SHIFT</c>).</summary>
    public PhysicalAddress ToPhysical() => new(Value << PageGeometry.PageShift);

    /// <summary>The frame <paramref name="pages"/> further on.</summary>
    public static Pfn operator +(Pfn pfn, [Unit(AddressUnit.Pages)] ulong pages) => new(unchecked(pfn.Value + pages));

    /// <summary>The frame <paramref name="pages"/> further on.</summary>
    public static Pfn operator +(Pfn pfn, [Unit(AddressUnit.Pages)] long pages) => new(unchecked(pfn.Value + (ulong)pages));

    /// <summary>The frame <paramref name="pages"/> before.</summary>
    public static Pfn operator -(Pfn pfn, [Unit(AddressUnit.Pages)] ulong pages) => new(unchecked(pfn.Value - pages));

    /// <summary>The distance in pages.</summary>
    [return: Unit(AddressUnit.Pages)]
    public static ulong operator -(Pfn left, Pfn right) => unchecked(left.Value - right.Value);

    /// <summary>Orders by number.</summary>
    public static bool operator <(Pfn left, Pfn right) => left.Value < right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >(Pfn left, Pfn right) => left.Value > right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator <=(Pfn left, Pfn right) => left.Value <= right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >=(Pfn left, Pfn right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Pfn other) => Value.CompareTo(other.Value);

    /// <summary>Hexadecimal.</summary>
    public override string ToString() => $"pfn 0x{Value:x}";
}
