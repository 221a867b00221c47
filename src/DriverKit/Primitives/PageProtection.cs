namespace DriverKit.Primitives;

/// <summary><c>pgprot_t</c>: what a page-table entry allows and how it is cached, apart from where it points.</summary>
/// <remarks>The bits are those of an x86 page-table entry (<c>asm/pgtable.h</c>):
/// <code>
///   63        9 8 7 6 5 4   3   2   1   0
///  +--+--------+-+-+-+-+---+---+---+---+---+
///  |NX|   …    |G|…|D|A|PCD|PWT|U/S|R/W| P |
///  +--+--------+-+-+-+-+---+---+---+---+---+
/// </code>
/// The two-level format of plain i386 has no NX bit; it is dropped there, and a readable page is executable.</remarks>
/// <param name="Bits">The entry's bits without the frame.</param>
public readonly record struct PageProtection(ulong Bits)
{
    /// <summary><c>_PAGE_PRESENT</c>.</summary>
    public const ulong Present = 1ul << 0;

    /// <summary><c>_PAGE_RW</c>.</summary>
    public const ulong Writable = 1ul << 1;

    /// <summary><c>_PAGE_USER</c>.</summary>
    public const ulong User = 1ul << 2;

    /// <summary><c>_PAGE_PWT</c>: write-through; alone it stands for write combining here.</summary>
    public const ulong WriteThrough = 1ul << 3;

    /// <summary><c>_PAGE_PCD</c>: caching off.</summary>
    public const ulong CacheDisable = 1ul << 4;

    /// <summary><c>_PAGE_ACCESSED</c>.</summary>
    public const ulong Accessed = 1ul << 5;

    /// <summary><c>_PAGE_DIRTY</c>.</summary>
    public const ulong Dirty = 1ul << 6;

    /// <summary><c>_PAGE_PSE</c>: in a directory, a large page instead of a table.</summary>
    public const ulong LargePage = 1ul << 7;

    /// <summary><c>_PAGE_GLOBAL</c>.</summary>
    public const ulong Global = 1ul << 8;

    /// <summary><c>_PAGE_SPECIAL</c>, one of the bits the processor leaves to the kernel: a frame without page accounting.</summary>
    public const ulong Special = 1ul << 9;

    /// <summary><c>_PAGE_NX</c>.</summary>
    public const ulong NoExecute = 1ul << 63;

    /// <summary>True when the processor may write through the mapping.</summary>
    public bool IsWritable => (Bits & Writable) != 0;

    /// <summary>True when the mapping bypasses the cache.</summary>
    public bool IsUncached => (Bits & CacheDisable) != 0;

    /// <summary><c>PAGE_NONE</c>: resident, but no access at all. Bit 8 marks it, as <c>_PAGE_PROTNONE</c> does.</summary>
    public static PageProtection None => new(Global | Accessed);

    /// <summary><c>PAGE_READONLY</c>, executable.</summary>
    public static PageProtection ReadOnly => new(Present | User | Accessed);

    /// <summary><c>PAGE_SHARED</c>: readable and writable, executable.</summary>
    public static PageProtection Shared => new(Present | User | Accessed | Writable);

    /// <summary><c>PAGE_KERNEL</c>.</summary>
    public static PageProtection Kernel => new(Present | Writable | Accessed | Dirty | Global | NoExecute);

    /// <summary><c>PAGE_KERNEL_NOCACHE</c>.</summary>
    public static PageProtection KernelNoCache => new(Kernel.Bits | CacheDisable);
}
