namespace DriverKit.Primitives;

/// <summary>Any address the kernel can dereference: low memory, <c>vmalloc</c>, <c>kmap</c>, <c>kmap_atomic</c>.</summary>
/// <remarks>It need not have a constant relation to a physical address. Source: Linux Device Drivers, 3rd edition, chapter 15, "Address Types".</remarks>
/// <param name="Value">The address as a plain number, in bytes. Taking it leaves the protection of the type.</param>
[AddressKind("kernel virtual")]
public readonly record struct KernelVirtualAddress([Unit(AddressUnit.Bytes)][property: Unit(AddressUnit.Bytes)] ulong Value) : IAddress, IComparable<KernelVirtualAddress>
{
    /// <summary>True for address zero, C's <c>NULL</c>.</summary>
    public bool IsNull => Value == 0;

    /// <summary>The bytes between the start of the page and this address.</summary>
    public uint PageOffset => (uint)Value & (PageGeometry.PageSize - 1);

    /// <summary>The start of the page that holds this address (<c>addr &amp; PAGE_MASK</c>).</summary>
    public KernelVirtualAddress PageAlignDown => new(Value & PageGeometry.PageMask);

    /// <summary>The first page boundary at or above this address (<c>PAGE_ALIGN</c>). Wraps to zero on the last page.</summary>
    public KernelVirtualAddress PageAlignUp => new((Value + PageGeometry.PageSize - 1) & PageGeometry.PageMask);

    /// <summary>True when the address lies on a page boundary.</summary>
    public bool IsPageAligned => PageOffset == 0;

    /// <summary>The address <paramref name="bytes"/> further on; wraps like C's unsigned arithmetic.</summary>
    public static KernelVirtualAddress operator +(KernelVirtualAddress address, [Unit(AddressUnit.Bytes)] ulong bytes) => new(unchecked(address.Value + bytes));

    /// <summary>The address <paramref name="bytes"/> further on; wraps like C's unsigned arithmetic.</summary>
    public static KernelVirtualAddress operator +(KernelVirtualAddress address, [Unit(AddressUnit.Bytes)] long bytes) => new(unchecked(address.Value + (ulong)bytes));

    /// <summary>The address <paramref name="bytes"/> before; wraps like C's unsigned arithmetic.</summary>
    public static KernelVirtualAddress operator -(KernelVirtualAddress address, [Unit(AddressUnit.Bytes)] ulong bytes) => new(unchecked(address.Value - bytes));

    /// <summary>The address <paramref name="bytes"/> before; wraps like C's unsigned arithmetic.</summary>
    public static KernelVirtualAddress operator -(KernelVirtualAddress address, [Unit(AddressUnit.Bytes)] long bytes) => new(unchecked(address.Value - (ulong)bytes));

    /// <summary>The distance in bytes; wraps when <paramref name="right"/> is the higher one.</summary>
    [return: Unit(AddressUnit.Bytes)]
    public static ulong operator -(KernelVirtualAddress left, KernelVirtualAddress right) => unchecked(left.Value - right.Value);

    /// <summary>Orders by number.</summary>
    public static bool operator <(KernelVirtualAddress left, KernelVirtualAddress right) => left.Value < right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >(KernelVirtualAddress left, KernelVirtualAddress right) => left.Value > right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator <=(KernelVirtualAddress left, KernelVirtualAddress right) => left.Value <= right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >=(KernelVirtualAddress left, KernelVirtualAddress right) => left.Value >= right.Value;

    /// <summary>Claims that the address is one of directly mapped low memory. The analyzers follow the value back to where it came
    /// from (DK2001), and the running kernel checks it where it is used.</summary>
    public static explicit operator KernelLogicalAddress(KernelVirtualAddress address) => new(address.Value);

    /// <inheritdoc/>
    public int CompareTo(KernelVirtualAddress other) => Value.CompareTo(other.Value);

    /// <summary>Hexadecimal, as the kernel's <c>%08lx</c> prints it.</summary>
    public override string ToString() => $"0x{Value:x8}";
}
