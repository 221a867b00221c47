using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>split_vma</c>, <c>vma_merge</c> and <c>vma_modify</c>: where areas begin and end.</summary>
/// <remarks>Source: mm/vma.c of Linux 6.18; what a driver hears of it is that of mm/mmap.c of 2.6.20.</remarks>
internal sealed class AreaEditor(VmSysctls sysctls)
{
    private const VmFlags NeverMerged = VmFlags.Io | VmFlags.DontExpand | VmFlags.Reserved | VmFlags.PfnMap;

    /// <summary>True when the address space may not have one more area.</summary>
    public bool IsFull(MmStruct mm) => mm.MapCount >= sysctls.MaxMapCount;

    /// <summary><c>split_vma</c>: cuts an area in two. The driver's <c>open</c> sees the new half while the old one still covers everything.</summary>
    /// <returns>The new half, with the driver's data copied.</returns>
    public VmAreaStruct Split(MmStruct mm, VmAreaStruct vma, UserVirtualAddress at, bool newBelow)
    {
        VmAreaStruct half = newBelow ? vma.Copy(mm, vma.VmStart, at) : vma.Copy(mm, at, vma.VmEnd);
        Open(mm, half);
        if (vma.AnonVma is not null)
            AnonVmas.Share(half, vma);
        if (newBelow)
            mm.Resize(vma, at, vma.VmEnd);
        else
            mm.Resize(vma, vma.VmStart, at);
        mm.Link(half);
        return half;
    }

    /// <summary>A copy of an area takes its reference to the file and the driver hears of it; if the driver has a bug the reference goes again.</summary>
    public void Open(MmStruct mm, VmAreaStruct copy)
    {
        copy.VmFile?.Get();
        mm.Unlinked = copy;
        try
        {
            copy.VmOps?.Open?.Invoke(copy);
        }
        catch
        {
            copy.VmFile?.Put();
            throw;
        }
        finally
        {
            mm.Unlinked = null;
        }
    }

    /// <summary><c>vma_modify_flags</c>: gives a part of an area other flags: the part joins a neighbour that has them, or is cut out.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="vma">The area.</param>
    /// <param name="start">Where the part starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="flags">Its flags from now on.</param>
    /// <param name="modified">The area that covers the part now.</param>
    /// <returns>0, or -ENOMEM when there would be too many areas.</returns>
    public KernelResult Modify(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end, VmFlags flags, out VmAreaStruct modified)
    {
        bool left = start == vma.VmStart && vma.VmPrev is { } previous && previous.VmFlags == flags && AreAlike(previous, vma, flags);
        bool right = end == vma.VmEnd && vma.VmNext is { } next && next.VmFlags == flags && AreAlike(vma, next, flags);
        if (start == vma.VmStart && end == vma.VmEnd)
        {
            mm.ChangeFlags(vma, flags);
            vma.VmPageProt = AreaProtection.Recalculate(vma);
            modified = Merge(mm, vma);
            return 0;
        }

        modified = vma;
        if (left || right)
        {
            VmAreaStruct neighbour = left ? vma.VmPrev! : vma.VmNext!;
            if (neighbour.AnonVma is null && vma.AnonVma is not null)
                AnonVmas.Share(neighbour, vma);
            mm.Resize(vma, left ? end : vma.VmStart, left ? vma.VmEnd : start);
            mm.Resize(neighbour, left ? neighbour.VmStart : start, left ? end : neighbour.VmEnd);
            modified = neighbour;
            return 0;
        }

        if (vma.VmStart < start)
        {
            if (IsFull(mm))
                return -Errno.ENOMEM;
            Split(mm, vma, start, newBelow: true);
        }

        if (vma.VmEnd > end)
        {
            if (IsFull(mm))
                return -Errno.ENOMEM;
            Split(mm, vma, end, newBelow: false);
        }

        mm.ChangeFlags(vma, flags);
        vma.VmPageProt = AreaProtection.Recalculate(vma);
        return 0;
    }

    /// <summary><c>vma_merge</c>: joins an area with its neighbours if nothing tells them apart.</summary>
    /// <returns>The area that now covers the range.</returns>
    public VmAreaStruct Merge(MmStruct mm, VmAreaStruct vma)
    {
        if (vma.VmPrev is { } previous && previous.VmFlags == vma.VmFlags && AreAlike(previous, vma, vma.VmFlags))
            vma = Join(mm, previous, vma);
        if (vma.VmNext is { } next && next.VmFlags == vma.VmFlags && AreAlike(vma, next, vma.VmFlags))
            vma = Join(mm, vma, next);
        return vma;
    }

    /// <summary>True for an area, not linked yet, that <see cref="Merge"/> would join with a neighbour.</summary>
    public static bool WillMerge(MmStruct mm, VmAreaStruct vma) =>
        (mm.Vmas.FindBefore(vma.VmStart) is { } previous && previous.VmFlags == vma.VmFlags && AreAlike(previous, vma, vma.VmFlags))
        || (mm.Vmas.Find(vma.VmEnd) is { } next && next.VmFlags == vma.VmFlags && AreAlike(vma, next, vma.VmFlags));

    /// <summary><c>vma_merge_extend</c>: joins an area that has grown with the one it has reached. Pages shared with a parent are no obstacle then:
    /// growth gives the area no relatives it did not have.</summary>
    public static void MergeGrown(MmStruct mm, VmAreaStruct vma)
    {
        if (vma.VmNext is { } next && next.VmFlags == vma.VmFlags && AreAlike(vma, next, vma.VmFlags, hasGrown: true))
            Join(mm, vma, next);
    }

    /// <summary><c>remove_vma</c>: the driver's <c>close</c>, then the area's reference to the file.</summary>
    public static void Remove(VmAreaStruct vma)
    {
        try
        {
            vma.VmOps?.Close?.Invoke(vma);
        }
        finally
        {
            vma.VmFile?.Put();
        }
    }

    /// <summary><c>can_vma_merge_before</c> and <c>_after</c>, but for the flags as they are now.</summary>
    /// <param name="below">The lower area.</param>
    /// <param name="above">The upper area.</param>
    /// <param name="flags">The flags that both will have.</param>
    /// <param name="hasGrown">True when the lower area has grown up to the other one.</param>
    private static bool AreAlike(VmAreaStruct below, VmAreaStruct above, VmFlags flags, bool hasGrown = false) =>
        below.VmEnd == above.VmStart
        && (flags & NeverMerged) == 0
        && below.VmFile == above.VmFile
        && below.VmOps?.Close is null && above.VmOps?.Close is null
        && below.VmPgoff + (below.Length >> PageGeometry.PageShift) == above.VmPgoff
        && ((hasGrown && above.AnonVma is null) || AnonVmas.CanMerge(below, above));

    private static VmAreaStruct Join(MmStruct mm, VmAreaStruct below, VmAreaStruct above)
    {
        UserVirtualAddress end = above.VmEnd;
        if (below.AnonVma is null && above.AnonVma is not null)
            AnonVmas.Share(below, above);
        mm.Unlink(above);
        mm.Resize(below, below.VmStart, end);
        above.VmFile?.Put();
        return below;
    }
}
