using DriverKit.Hardware;

namespace DriverKit.Memory.Cache;

/// <summary><c>swp_entry_t</c>: where a page is that is not in memory, as its page-table entry holds it.</summary>
/// <remarks>The processor sees a page that is not present and looks no further; the bit that marks PROT_NONE must be clear too.
/// <code>
///   63 or 31                                     9  8 7  6  5     1  0
///  +----------------------------------------------+-+----+--------+-+
///  |                    offset                    |0|  0 |  type  |0|
///  +----------------------------------------------+-+----+--------+-+
/// </code>
/// The first block of a swap area is its header, so no entry is zero. Source: asm-i386/pgtable-2level.h of Linux 2.6.20, which has the offset one bit lower.</remarks>
/// <param name="Type">Which swap area, 0 to 31.</param>
/// <param name="Offset">Which block of it.</param>
internal readonly record struct SwapEntry(int Type, ulong Offset)
{
    /// <summary><c>MAX_SWAPFILES</c>.</summary>
    public const int MaxTypes = 32;

    private const int TypeShift = 1;
    private const int OffsetShift = 9;

    /// <summary><c>swp_entry_to_pte</c>.</summary>
    public PageTableEntry ToPte() => new((Offset << OffsetShift) | ((ulong)Type << TypeShift));

    /// <summary><c>pte_to_swp_entry</c>.</summary>
    public static SwapEntry Of(PageTableEntry entry) => new((int)(entry.Bits >> TypeShift) & (MaxTypes - 1), entry.Bits >> OffsetShift);

    /// <summary>The entry in a page's <c>private</c>.</summary>
    public static SwapEntry Of(ulong value) => Of(new PageTableEntry(value));
}
