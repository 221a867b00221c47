using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>Which areas an anonymous page may be mapped in: kept true over the first store, splits, merges and forks.</summary>
/// <remarks>Source: mm/rmap.c and mm/vma.c of Linux 6.18. 2.6.20 had one <c>anon_vma</c> for a whole family of processes; today's rules decide which
/// areas merge, and system calls follow today's.</remarks>
internal static class AnonVmas
{
    private const VmFlags MayDiffer = VmFlags.Read | VmFlags.Write | VmFlags.Exec;

    /// <summary><c>anon_vma_prepare</c>: before its first anonymous page an area gets its <see cref="AnonVma"/>: a neighbour's if they may merge one day, or a new one.</summary>
    public static void Prepare(VmAreaStruct vma)
    {
        if (vma.AnonVma is null)
            Join(vma, FindMergeable(vma) ?? new AnonVma(null));
    }

    /// <summary><c>anon_vma_clone</c>: links an area to all that another one is linked to. Without an <see cref="AnonVma"/> of its own yet it takes
    /// over one that nobody uses any more, so that a process that forks again and again does not grow an endless chain.</summary>
    public static void Clone(VmAreaStruct to, VmAreaStruct from)
    {
        CloneLinks(to, from.AnonVmaChain, mayTakeOver: from.AnonVma is not null);
        if (to.AnonVma is { } own)
            own.NumActiveVmas++;
    }

    /// <summary><c>vma_dup</c> and <c>dup_anon_vma</c>: the same pages as another area of the same process.</summary>
    public static void Share(VmAreaStruct to, VmAreaStruct from)
    {
        to.AnonVma = from.AnonVma;
        Clone(to, from);
    }

    /// <summary><c>anon_vma_fork</c>: the child's area sees the parent's pages; its own new ones belong to it.</summary>
    public static void Fork(VmAreaStruct child, VmAreaStruct parent)
    {
        if (parent.AnonVma is null)
            return;
        Clone(child, parent);
        if (child.AnonVma is null)
            Join(child, new AnonVma(parent.AnonVma));
    }

    /// <summary><c>unlink_anon_vmas</c>.</summary>
    public static void Unlink(VmAreaStruct vma)
    {
        for (AnonVmaChain? link = vma.AnonVmaChain; link is not null; link = link.NextOfArea)
        {
            link.AnonVma.Unlink(link);
            if (link.AnonVma.IsEmpty)
                link.AnonVma.Parent.NumChildren--;
        }

        if (vma.AnonVma is { } own)
            own.NumActiveVmas--;
        vma.AnonVma = null;
        vma.AnonVmaChain = null;
    }

    /// <summary><c>is_mergeable_anon_vma</c>: they have the same one, or only one has any, and that is not shared with a parent.</summary>
    public static bool CanMerge(VmAreaStruct one, VmAreaStruct other) =>
        one.AnonVma == other.AnonVma || (one.AnonVma is null ? !HasParents(other) : other.AnonVma is null && !HasParents(one));

    /// <summary><c>__page_set_anon_rmap</c>: the page belongs to the area now.</summary>
    public static void Adopt(VmAreaStruct vma, UserVirtualAddress address, Page page)
    {
        Prepare(vma);
        page.IsAnonymous = true;
        page.Mapping = vma.AnonVma;
        page.Index = vma.IndexOf(address);
    }

    /// <summary><c>do_page_add_anon_rmap</c> of a page that may have several users: it belongs to the area that all of them descend from.</summary>
    public static void AdoptShared(VmAreaStruct vma, UserVirtualAddress address, Page page)
    {
        Adopt(vma, address, page);
        AnonVma root = vma.AnonVma!;
        while (root.Parent != root)
            root = root.Parent;
        page.Mapping = root;
    }

    /// <summary><c>vma_had_uncowed_parents</c>.</summary>
    private static bool HasParents(VmAreaStruct vma) => vma.AnonVmaChain?.NextOfArea is not null;

    /// <summary><c>find_mergeable_anon_vma</c>: the area above first, then the one below.</summary>
    private static AnonVma? FindMergeable(VmAreaStruct vma) =>
        (vma.VmNext is { } next && Reusable(next) && IsCompatible(vma, next) ? next.AnonVma : null)
        ?? (vma.VmPrev is { } previous && Reusable(previous) && IsCompatible(previous, vma) ? previous.AnonVma : null);

    private static bool Reusable(VmAreaStruct vma) => vma.AnonVma is not null && !HasParents(vma);

    /// <summary><c>anon_vma_compatible</c>: neighbours that mprotect could make alike.</summary>
    private static bool IsCompatible(VmAreaStruct below, VmAreaStruct above) =>
        below.VmEnd == above.VmStart
        && below.VmFile == above.VmFile
        && ((below.VmFlags ^ above.VmFlags) & ~MayDiffer) == 0
        && above.VmPgoff == below.VmPgoff + (below.Length >> PageGeometry.PageShift);

    /// <summary>The oldest link first, so that it is the oldest one that is taken over.</summary>
    private static void CloneLinks(VmAreaStruct to, AnonVmaChain? link, bool mayTakeOver)
    {
        if (link is null)
            return;
        CloneLinks(to, link.NextOfArea, mayTakeOver);
        Link(to, link.AnonVma);
        if (mayTakeOver && to.AnonVma is null && link.AnonVma is { NumChildren: < 2, NumActiveVmas: 0 })
            to.AnonVma = link.AnonVma;
    }

    private static void Join(VmAreaStruct vma, AnonVma anonVma)
    {
        vma.AnonVma = anonVma;
        anonVma.NumActiveVmas++;
        Link(vma, anonVma);
    }

    private static void Link(VmAreaStruct vma, AnonVma anonVma)
    {
        vma.AnonVmaChain = new AnonVmaChain(vma, anonVma, vma.AnonVmaChain);
        anonVma.Link(vma.AnonVmaChain);
    }
}
