using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>do_munmap</c>: takes areas away, with what they map.</summary>
/// <remarks>Source: mm/mmap.c of Linux 2.6.20.</remarks>
internal sealed class AreaUnmapper(PageTables tables, AreaEditor editor)
{
    /// <summary><c>do_munmap</c>: unmaps a range, splitting the areas that reach over its ends. Nothing mapped there is no error.</summary>
    /// <returns>0, -EINVAL for a bad range, -ENOMEM when a split would exceed the number of areas.</returns>
    public KernelResult Unmap(MmStruct mm, UserVirtualAddress start, ulong length)
    {
        if (!start.IsPageAligned || start.Value > mm.TaskSize || length > mm.TaskSize - start.Value || PageGeometry.AlignUp(length) == 0)
            return -Errno.EINVAL;
        UserVirtualAddress end = start + PageGeometry.AlignUp(length);
        if (mm.FindVma(start) is not { } first || first.VmStart >= end)
            return 0;
        if (first.VmStart < start)
        {
            if (first.VmEnd > end && editor.IsFull(mm))
                return -Errno.ENOMEM;
            first = editor.Split(mm, first, start, newBelow: false);
        }

        VmAreaStruct? last = first.VmEnd >= end ? first : mm.Vmas.Find(end);
        if (last is not null && last.VmStart < end && last.VmEnd > end)
        {
            VmAreaStruct below = editor.Split(mm, last, end, newBelow: true);
            if (last == first)
                first = below;
        }

        UnmapWhole(mm, first, end);
        return 0;
    }

    /// <summary><c>detach_vmas_to_be_unmapped</c>, <c>unmap_region</c>, <c>remove_vma</c>: entries first, then tables, then the driver's <c>close</c>, then the file.</summary>
    private void UnmapWhole(MmStruct mm, VmAreaStruct first, UserVirtualAddress end)
    {
        VmAreaStruct? previous = first.VmPrev, next = first.VmNext;
        mm.Unlink(first);
        if (next is not null && next.VmStart < end)
        {
            UnmapMany(mm, first, end, previous, next);
            return;
        }

        try
        {
            Release(mm, first.VmStart, first.VmEnd, previous, next);
        }
        finally
        {
            AreaEditor.Remove(first);
        }
    }

    /// <summary>A bug in one driver's close does not keep the others from theirs.</summary>
    private void UnmapMany(MmStruct mm, VmAreaStruct first, UserVirtualAddress end, VmAreaStruct? previous, VmAreaStruct? next)
    {
        var detached = new List<VmAreaStruct> { first };
        while (next is { } vma && vma.VmStart < end)
        {
            detached.Add(vma);
            next = vma.VmNext;
            mm.Unlink(vma);
        }

        FirstBug bug = default;
        bug.Try(() => Release(mm, first.VmStart, detached[^1].VmEnd, previous, next));
        foreach (VmAreaStruct vma in detached)
            bug.Try(() => AreaEditor.Remove(vma));
        bug.Throw();
    }

    /// <summary><c>unmap_region</c>: takes out the entries of a range that belongs to no area any more, and the tables that served only it.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">Where the range starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="previous">The area below it.</param>
    /// <param name="next">The area above it.</param>
    public void Release(MmStruct mm, UserVirtualAddress start, UserVirtualAddress end, VmAreaStruct? previous, VmAreaStruct? next)
    {
        try
        {
            tables.Zap(mm, start.Value, end.Value);
        }
        finally
        {
            tables.FreeTables(mm, start.Value, end.Value, previous?.VmEnd.Value ?? 0, next?.VmStart.Value ?? ulong.MaxValue);
        }
    }
}
