namespace DriverKit.Primitives;

/// <summary>The size of a page, 4 KiB on every architecture of the kit (<c>asm/page.h</c>).</summary>
public static class PageGeometry
{
    /// <summary><c>PAGE_SHIFT</c>: a page is two to this power bytes.</summary>
    public const int PageShift = 12;

    /// <summary><c>PAGE_SIZE</c>, in bytes.</summary>
    [Unit(AddressUnit.Bytes)]
    public const uint PageSize = 1u << PageShift;

    /// <summary><c>PAGE_MASK</c>: clears the offset in a page.</summary>
    public const ulong PageMask = ~((ulong)PageSize - 1);

    /// <summary>Bytes rounded up to whole pages (<c>PAGE_ALIGN</c>); wraps to zero in the last page of the number space.</summary>
    [return: Unit(AddressUnit.Bytes)]
    public static ulong AlignUp([Unit(AddressUnit.Bytes)] ulong bytes) => unchecked(bytes + PageSize - 1) & PageMask;

    /// <summary>How many pages hold that many bytes.</summary>
    [return: Unit(AddressUnit.Pages)]
    public static ulong PagesFor([Unit(AddressUnit.Bytes)] ulong bytes) => (bytes >> PageShift) + ((bytes & (PageSize - 1)) != 0 ? 1ul : 0);

    /// <summary>The smallest order whose block of 2^order pages holds that many bytes (<c>get_order</c>).</summary>
    public static int Order([Unit(AddressUnit.Bytes)] ulong bytes) => bytes <= PageSize ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((bytes - 1) >> PageShift);
}
