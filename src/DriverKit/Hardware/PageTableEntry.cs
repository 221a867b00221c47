using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>One entry of a page table, at any level, as the processor reads it.</summary>
/// <remarks>The two formats of x86; the 32-bit one has no NX and 20 bits of frame number.
/// <code>
///  64-bit entry (I386Pae, X8664)
///   63  62      52 51                    12 11  9 8 7  6 5  4   3   2   1   0
///  +--+-----------+------------------------+-----+-+--+-+-+---+---+---+---+---+
///  |NX|  ignored  |    frame number        | avl |G|PS|D|A|PCD|PWT|U/S|R/W| P |
///  +--+-----------+------------------------+-----+-+--+-+-+---+---+---+---+---+
///  32-bit entry (I386)
///                  31                    12 11  9 8 7  6 5  4   3   2   1   0
///                 +------------------------+-----+-+--+-+-+---+---+---+---+---+
///                 |    frame number        | avl |G|PS|D|A|PCD|PWT|U/S|R/W| P |
///                 +------------------------+-----+-+--+-+-+---+---+---+---+---+
/// </code>
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, chapter 4, "Paging".</remarks>
/// <param name="Bits">The raw word.</param>
public readonly record struct PageTableEntry(ulong Bits)
{
    private const ulong FrameMask = 0x000F_FFFF_FFFF_F000;

    private static readonly (ulong Bit, string Name)[] BitNames =
    [
        (PageProtection.NoExecute, "NX"),
        (PageProtection.Special, "SPECIAL"),
        (PageProtection.Global, "G"),
        (PageProtection.LargePage, "PS"),
        (PageProtection.Dirty, "D"),
        (PageProtection.Accessed, "A"),
        (PageProtection.CacheDisable, "PCD"),
        (PageProtection.WriteThrough, "PWT"),
    ];

    /// <summary>No mapping at all: the whole word is zero (<c>pte_none</c>).</summary>
    public bool IsNone => Bits == 0;

    /// <summary>The processor may use the entry (bit P).</summary>
    public bool IsPresent => (Bits & PageProtection.Present) != 0;

    /// <summary>The kernel has a page here, even if the processor may not touch it (<c>pte_present</c>; covers PROT_NONE).</summary>
    public bool IsResident => (Bits & PageProtection.Present) != 0 || (Bits & PageProtection.Global) != 0;

    /// <summary>Stores are allowed.</summary>
    public bool IsWritable => (Bits & PageProtection.Writable) != 0;

    /// <summary>User mode may use it.</summary>
    public bool IsUser => (Bits & PageProtection.User) != 0;

    /// <summary>The processor has used it since the bit was last cleared.</summary>
    public bool IsAccessed => (Bits & PageProtection.Accessed) != 0;

    /// <summary>The processor has stored through it since the bit was last cleared.</summary>
    public bool IsDirty => (Bits & PageProtection.Dirty) != 0;

    /// <summary>In a directory: maps a large page instead of pointing to a table.</summary>
    public bool IsLarge => (Bits & PageProtection.LargePage) != 0;

    /// <summary>The kernel's mark on an entry whose frame has no page accounting (<c>pte_special</c>): device memory, the zero page.</summary>
    public bool IsSpecial => (Bits & PageProtection.Special) != 0;

    /// <summary>The frame it points to.</summary>
    public Pfn Pfn => new((Bits & FrameMask) >> PageGeometry.PageShift);

    /// <summary>Everything but the frame.</summary>
    public PageProtection Protection => new(Bits & ~FrameMask);

    /// <summary>An entry for a frame (<c>mk_pte</c>). Bits of a protection that lie where the frame belongs are dropped.</summary>
    public static PageTableEntry Make(Pfn pfn, PageProtection protection) => new((pfn.Value << PageGeometry.PageShift) | (protection.Bits & ~FrameMask));

    /// <summary>The same frame with those bits set.</summary>
    public PageTableEntry With(ulong bits) => new(Bits | bits);

    /// <summary>The same frame with those bits cleared.</summary>
    public PageTableEntry Without(ulong bits) => new(Bits & ~bits);

    /// <summary>The frame and the bits by name, highest first.</summary>
    public override string ToString() => IsNone ? "none" : $"{Pfn} {FlagNames()}";

    /// <summary>The bits by name, highest first.</summary>
    internal string FlagNames()
    {
        var flags = new System.Text.StringBuilder();
        foreach ((ulong bit, string name) in BitNames)
        {
            if ((Bits & bit) != 0)
                flags.Append(name).Append(' ');
        }

        return flags.Append(IsUser ? "U " : "S ").Append(IsWritable ? "RW " : "RO ").Append(IsPresent ? "P" : "-").ToString();
    }
}
