namespace DriverKit.Primitives;

/// <summary>An address of directly mapped low memory, at a constant offset from the physical one: <c>kmalloc</c>, <c>__get_free_pages</c>, <c>__va</c>.</summary>
/// <remarks>The only kernel address that <c>virt_to_page</c> and <c>__pa</c> accept. Source: Linux Device Drivers, 3rd edition, chapter 15, "Address Types".</remarks>
/// <param name="Value">The address as a plain number, in bytes. Taking it leaves the protection of the type.</param>
[AddressKind("kernel logical")]
public readonly record struct KernelLogicalAddress([Unit(AddressUnit.Bytes)][property: Unit(AddressUnit.Bytes)] ulong Value) : IAddress, IComparable<KernelLogicalAddress>
{
    /// <summary>True for address zero, C's <c>NULL</c>.</summary>
    public bool IsNull => Value == 0;

    /// <summary>The bytes between the start of the page and this address.</summary>
    public uint PageOffset => (uint)Value & (PageGeometry.PageSize - 1);

    /// <summary>The start of the page that holds this address (<c>addr &amp; PAGE_MASK</c>).</summary>
    public KernelLogicalAddress PageAlignDown => new(Value & PageGeometry.PageMask);

    /// <summary>The first page boundary at or above this address (<c>PAGE_ALIGN</c>). Wraps to zero on the last page.</summary>
    public KernelLogicalAddress PageAlignUp => new((Value + PageGeometry.PageSize - 1) & PageGeometry.PageMask);

    /// <summary>True when the address lies on a page boundary.</summary>
    public bool IsPageAligned => PageOffset == 0;

    /// <summary>The address <paramref name="bytes"/> further on; wraps like C's unsigned arithmetic.</summary>
    public static KernelLogicalAddress operator +(KernelLogicalAddress address, [Unit(AddressUnit.Bytes)] ulong bytes) => new(unchecked(address.Value + bytes));

    /// <summary>The address <paramref name="bytes"/> further on; wraps like C's unsigned arithmetic.</summary>
    public static KernelLogicalAddress operator +(KernelLogicalAddress address, [Unit(AddressUnit.Bytes)] long bytes) => new(unchecked(address.Value + (ulong)bytes));

    /// <summary>The address <paramref name="bytes"/> before; wraps like C's unsigned arithmetic.</summary>
    public static KernelLogicalAddress operator -(KernelLogicalAddress address, [Unit(AddressUnit.Bytes)] ulong bytes) => new(unchecked(address.Value - bytes));

    /// <summary>The address <paramref name="bytes"/> before; wraps like C's unsigned arithmetic.</summary>
    public static KernelLogicalAddress operator -(KernelLogicalAddress address, [Unit(AddressUnit.Bytes)] long bytes) => new(unchecked(address.Value - (ulong)bytes));

    /// <summary>The distance in bytes; wraps when <paramref name="right"/> is the higher one.</summary>
    [return: Unit(AddressUnit.Bytes)]
    public static ulong operator -(KernelLogicalAddress left, KernelLogicalAddress right) => unchecked(left.Value - right.Value);

    /// <summary>Orders by number.</summary>
    public static bool operator <(KernelLogicalAddress left, KernelLogicalAddress right) => left.Value < right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >(KernelLogicalAddress left, KernelLogicalAddress right) => left.Value > right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator <=(KernelLogicalAddress left, KernelLogicalAddress right) => left.Value <= right.Value;

    /// <summary>Orders by number.</summary>
    public static bool operator >=(KernelLogicalAddress left, KernelLogicalAddress right) => left.Value >= right.Value;

    /// <summary>Every logical address is a kernel virtual address.</summary>
    public static implicit operator KernelVirtualAddress(KernelLogicalAddress address) => new(address.Value);

    /// <inheritdoc/>
    public int CompareTo(KernelLogicalAddress other) => Value.CompareTo(other.Value);

    /// <summary>Hexadecimal, as the kernel's <c>%08lx</c> prints it.</summary>
    public override string ToString() => $"0x{Value:x8}";
}
