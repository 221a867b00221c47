using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mlock</c>, <c>munlock</c>, <c>mlockall</c>, <c>munlockall</c>: memory that reclaim leaves alone.</summary>
/// <remarks>Source: mm/mlock.c of Linux 6.18; mlock(2).</remarks>
internal sealed class MemoryLocking(AreaEditor editor, Population population, KernelEra era)
{
    private const VmFlags LockFlags = VmFlags.Locked | VmFlags.LockOnFault;

    /// <summary><c>do_mlock</c>: locks whole pages and brings them in.</summary>
    /// <returns>0; -EPERM when nothing may be locked; -ENOMEM over the limit, for a hole, or for a page that cannot be had; -EINVAL; -EAGAIN without memory.</returns>
    public KernelResult Lock(MmStruct mm, UserVirtualAddress start, ulong length)
    {
        ulong limit = mm.Limits.Of(RlimitResource.MemLock);
        if (limit == 0)
            return -Errno.EPERM;
        (start, length) = WholePages(start, length);
        ulong wanted = (length >> PageGeometry.PageShift) + mm.LockedVm;
        if (wanted > limit >> PageGeometry.PageShift)
            wanted -= LockedIn(mm, start, length);
        if (wanted > limit >> PageGeometry.PageShift)
            return -Errno.ENOMEM;
        if (Apply(mm, start, length, VmFlags.Locked) is { IsError: true } error)
            return error;
        KernelResult populated = population.Populate(mm, start, start + length, ignoreErrors: false);
        return populated.Errno == Errno.EFAULT && !EraRules.MlockReportsTheFault(era) ? -Errno.ENOMEM : populated.Errno == Errno.ENOMEM ? -Errno.EAGAIN : populated;
    }

    /// <summary><c>munlock</c>.</summary>
    /// <returns>0; -ENOMEM for a hole; -EINVAL.</returns>
    public KernelResult Unlock(MmStruct mm, UserVirtualAddress start, ulong length)
    {
        (start, length) = WholePages(start, length);
        return Apply(mm, start, length, 0);
    }

    /// <summary><c>mlockall</c>.</summary>
    /// <returns>0; -EINVAL for bad flags; -EPERM when nothing may be locked; -ENOMEM over the limit.</returns>
    public KernelResult LockAll(MmStruct mm, MlockallFlags flags)
    {
        const MlockallFlags Known = MlockallFlags.Current | MlockallFlags.Future | MlockallFlags.OnFault;
        if (flags is MlockallFlags.None or MlockallFlags.OnFault || (flags & ~Known) != 0)
            return -Errno.EINVAL;
        ulong limit = mm.Limits.Of(RlimitResource.MemLock);
        if (limit == 0)
            return -Errno.EPERM;
        bool current = (flags & MlockallFlags.Current) != 0;
        if (current && mm.TotalVm > limit >> PageGeometry.PageShift)
            return -Errno.ENOMEM;
        VmFlags add = VmFlags.Locked | ((flags & MlockallFlags.OnFault) != 0 ? VmFlags.LockOnFault : 0);
        mm.DefFlags = (flags & MlockallFlags.Future) != 0 ? add : 0;
        if (!current)
            return 0;
        ApplyToAll(mm, add);
        population.Populate(mm, default, new(mm.TaskSize), ignoreErrors: true);
        return 0;
    }

    /// <summary><c>munlockall</c>.</summary>
    public KernelResult UnlockAll(MmStruct mm)
    {
        mm.DefFlags = 0;
        ApplyToAll(mm, 0);
        return 0;
    }

    private static (UserVirtualAddress Start, ulong Length) WholePages(UserVirtualAddress start, ulong length) =>
        (start.PageAlignDown, PageGeometry.AlignUp(unchecked(length + start.PageOffset)));

    /// <summary><c>count_mm_mlocked_page_nr</c>: pages of the range that are locked already.</summary>
    private static ulong LockedIn(MmStruct mm, UserVirtualAddress start, ulong length)
    {
        UserVirtualAddress end = start + length < start ? new(ulong.MaxValue) : start + length;
        ulong bytes = 0;
        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext())
            bytes += parts.Area.Has(VmFlags.Locked) ? parts.Length : 0;
        return bytes >> PageGeometry.PageShift;
    }

    /// <summary><c>apply_vma_lock_flags</c>: area by area, up to a hole.</summary>
    private KernelResult Apply(MmStruct mm, UserVirtualAddress start, ulong length, VmFlags add)
    {
        UserVirtualAddress end = start + length;
        if (end < start)
            return -Errno.EINVAL;
        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext() && !parts.HasHole)
        {
            if (Fixup(mm, parts.Area, parts.Start, parts.End, add, out _) is { IsError: true } error)
                return error;
        }

        return parts.HasHole ? -Errno.ENOMEM : 0;
    }

    private void ApplyToAll(MmStruct mm, VmFlags add)
    {
        for (VmAreaStruct? vma = mm.Vmas.Find(default); vma is not null; vma = vma.VmNext)
        {
            if (Fixup(mm, vma, vma.VmStart, vma.VmEnd, add, out VmAreaStruct modified).IsSuccess)
                vma = modified;
        }
    }

    /// <summary><c>mlock_fixup</c>: areas without pages of their own stay as they are, and that is no error.</summary>
    private KernelResult Fixup(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end, VmFlags add, out VmAreaStruct modified)
    {
        VmFlags flags = (vma.VmFlags & ~LockFlags) | add;
        modified = vma;
        return flags == vma.VmFlags || vma.Has(VmFlags.Io | VmFlags.DontExpand | VmFlags.PfnMap)
            ? 0
            : editor.Modify(mm, vma, start, end, flags, out modified);
    }
}
