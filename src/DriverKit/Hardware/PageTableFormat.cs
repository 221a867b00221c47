using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>One level of the page tables.</summary>
/// <param name="Name">Linux's name: pgd, pud, pmd or pte.</param>
/// <param name="Shift">The lowest bit of the virtual address that indexes this level.</param>
/// <param name="IndexBits">How many bits index it.</param>
public readonly record struct PageTableLevel(string Name, int Shift, int IndexBits)
{
    /// <summary>The index of an address in a table of this level.</summary>
    public int IndexOf(ulong address) => (int)(address >> Shift) & ((1 << IndexBits) - 1);

    /// <summary>Entries in a table of this level.</summary>
    public int Entries => 1 << IndexBits;

    /// <summary>Bytes of virtual space one entry covers.</summary>
    public ulong Coverage => 1ul << Shift;
}

/// <summary>The shape of an architecture's page tables.</summary>
/// <remarks><code>
///  I386      | pgd 10 | pte 10 | offset 12 |                     4-byte entries
///  I386Pae   | pgd 2 | pmd 9 | pte 9 | offset 12 |               8-byte entries
///  X8664     | pgd 9 | pud 9 | pmd 9 | pte 9 | offset 12 |       8-byte entries
/// </code></remarks>
public sealed class PageTableFormat
{
    private PageTableFormat(int entrySize, bool topHasPermissions, bool hasNoExecute, params PageTableLevel[] levels)
    {
        EntrySize = entrySize;
        TopHasPermissions = topHasPermissions;
        HasNoExecute = hasNoExecute;
        Levels = levels;
    }

    /// <summary>Bytes of an entry, 4 or 8.</summary>
    public int EntrySize { get; }

    /// <summary>False for PAE, whose four top entries have no R/W and U/S bits.</summary>
    public bool TopHasPermissions { get; }

    /// <summary>True when entries have a no-execute bit.</summary>
    public bool HasNoExecute { get; }

    /// <summary>The levels from the root down; the last one is the pte level.</summary>
    public PageTableLevel[] Levels { get; }

    /// <summary>The format of an architecture.</summary>
    public static PageTableFormat For(Architecture architecture) => architecture switch
    {
        Architecture.I386 => new(4, true, false, new("pgd", 22, 10), new("pte", 12, 10)),
        Architecture.I386Pae => new(8, false, true, new("pgd", 30, 2), new("pmd", 21, 9), new("pte", 12, 9)),
        _ => new(8, true, true, new("pgd", 39, 9), new("pud", 30, 9), new("pmd", 21, 9), new("pte", 12, 9)),
    };

    /// <summary>The protection bits this format can hold; the rest of the word must stay zero.</summary>
    internal ulong ProtectionMask => HasNoExecute ? ulong.MaxValue : ~PageProtection.NoExecute;

    /// <summary>The bits of an entry that points to a lower table.</summary>
    internal ulong TableBits(int level) => level == 0 && !TopHasPermissions
        ? PageProtection.Present
        : PageProtection.Present | PageProtection.Writable | PageProtection.User | PageProtection.Accessed;
}
