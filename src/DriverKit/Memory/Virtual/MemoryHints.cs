using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>madvise</c>, <c>mincore</c> and <c>msync</c>: what a process says and asks about its pages.</summary>
/// <remarks>Source: mm/madvise.c, mm/mincore.c and mm/msync.c of Linux 6.18.</remarks>
internal sealed class MemoryHints(PageTables tables, AreaEditor editor, FileMappings files, PageCache cache, SwapCache swapCache, KernelEra era, MmapSem mmapSem)
{
    /// <summary><c>madvise</c>: goes on over holes, and says at the end that there were some.</summary>
    /// <returns>0; -EINVAL; -ENOMEM for a hole; -EAGAIN when there would be too many areas.</returns>
    public KernelResult Advise(MmStruct mm, UserVirtualAddress start, ulong length, MemoryAdvice advice)
    {
        ulong size = PageGeometry.AlignUp(length);
        UserVirtualAddress end = start + size;
        if (!IsKnown(advice) || !start.IsPageAligned || (length != 0 && size == 0) || end < start)
            return -Errno.EINVAL;
        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext())
        {
            if (AdviseOne(mm, parts.Area, parts.Start, parts.End, advice) is { IsError: true } error)
                return error;
        }

        return parts.HasHole ? -Errno.ENOMEM : 0;
    }

    /// <summary><c>madvise_need_mmap_write</c>: what leaves the areas as they are only reads <c>mmap_sem</c>.</summary>
    public static bool OnlyReads(MemoryAdvice advice) => advice is MemoryAdvice.WillNeed or MemoryAdvice.DontNeed;

    /// <summary><c>mincore</c>: one byte a page, 1 when it is in memory.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">The first page.</param>
    /// <param name="pages">A byte for each page.</param>
    /// <returns>The bytes filled in; fewer than asked for in front of a hole.</returns>
    public int Mincore(MmStruct mm, UserVirtualAddress start, Span<byte> pages)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            UserVirtualAddress at = start + ((ulong)i << PageGeometry.PageShift);
            if (mm.FindVma(at) is not { } vma || vma.VmStart > at || (vma.VmFile is null && EraRules.MincoreNeedsAFile(era)))
                return i;
            pages[i] = IsInCore(mm, vma, at) ? (byte)1 : (byte)0;
        }

        return pages.Length;
    }

    /// <summary><c>msync</c>: with MS_SYNC, what shared maps have changed is in the storage afterwards.</summary>
    /// <returns>0; -EINVAL; -ENOMEM for a hole; -EBUSY for MS_INVALIDATE of locked memory; -ENOSPC.</returns>
    public KernelResult Sync(MmStruct mm, UserVirtualAddress start, ulong length, MsyncFlags flags)
    {
        const MsyncFlags Both = MsyncFlags.Async | MsyncFlags.Sync;
        if ((flags & ~(Both | MsyncFlags.Invalidate)) != 0 || !start.IsPageAligned || (flags & Both) == Both)
            return -Errno.EINVAL;
        UserVirtualAddress end = start + PageGeometry.AlignUp(length);
        if (end < start)
            return -Errno.ENOMEM;
        for (bool hasHole = false; ;)
        {
            KernelResult result = Next(mm, ref start, end, flags, ref hasHole, out OpenFile? file, out ulong first, out ulong last);
            if (file is null)
                return result;
            try
            {
                if (Fsync(file, first, last) is { IsError: true } error)
                    return error;
            }
            finally
            {
                file.Put();
            }
        }
    }

    /// <summary>Goes on to the next area whose file has to be written. The file is held and the address space is not: a driver's fsync may sleep.</summary>
    /// <returns>When there is none, the result of the call.</returns>
    private KernelResult Next(
        MmStruct mm, ref UserVirtualAddress start, UserVirtualAddress end, MsyncFlags flags, ref bool hasHole, out OpenFile? file, out ulong first, out ulong last)
    {
        file = null;
        first = last = 0;
        using MmapSem.Held held = mmapSem.Read(mm);
        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext())
        {
            hasHole |= parts.HasHole;
            if (hasHole && flags == MsyncFlags.Async)
                return -Errno.ENOMEM;
            VmAreaStruct vma = parts.Area;
            if ((flags & MsyncFlags.Invalidate) != 0 && vma.Has(VmFlags.Locked))
                return -Errno.EBUSY;
            if ((flags & MsyncFlags.Sync) == 0 || !vma.Has(VmFlags.Shared) || vma.VmFile is null)
                continue;
            file = vma.VmFile;
            file.Get();
            (first, last) = (vma.IndexOf(parts.Start), vma.IndexOf(parts.End) - 1);
            start = parts.End;
            return 0;
        }

        return hasHole || parts.HasHole ? -Errno.ENOMEM : 0;
    }

    /// <summary><c>vfs_fsync_range</c>: the pages of a file, or the driver's own <c>fsync</c>; EINVAL without one.</summary>
    private KernelResult Fsync(OpenFile file, ulong first, ulong last) =>
        file.Inode.IMapping is { } mapping ? files.WriteBack(mapping, first, last) : file.FOp.Fsync?.Invoke(file) ?? -Errno.EINVAL;

    private static bool IsKnown(MemoryAdvice advice) => advice is >= MemoryAdvice.Normal and <= MemoryAdvice.DontNeed
        or MemoryAdvice.DontFork or MemoryAdvice.DoFork or MemoryAdvice.DontDump or MemoryAdvice.DoDump;

    private KernelResult AdviseOne(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end, MemoryAdvice advice)
    {
        const VmFlags Reading = VmFlags.SeqRead | VmFlags.RandRead;
        VmFlags flags = vma.VmFlags;
        switch (advice)
        {
            case MemoryAdvice.WillNeed:
                return BringIn(mm, vma, start, end);
            case MemoryAdvice.DontNeed:
                if (vma.Has(VmFlags.Locked | VmFlags.PfnMap))
                    return -Errno.EINVAL;
                tables.Zap(mm, start.Value, end.Value);
                return 0;
            case MemoryAdvice.DoFork when vma.Has(VmFlags.Io):
            case MemoryAdvice.DoDump when vma.Has(VmFlags.Io | VmFlags.DontExpand | VmFlags.PfnMap):
                return -Errno.EINVAL;
            case MemoryAdvice.Normal:
                flags &= ~Reading;
                break;
            case MemoryAdvice.Random:
                flags = (flags & ~Reading) | VmFlags.RandRead;
                break;
            case MemoryAdvice.Sequential:
                flags = (flags & ~Reading) | VmFlags.SeqRead;
                break;
            case MemoryAdvice.DontFork:
                flags |= VmFlags.DontCopy;
                break;
            case MemoryAdvice.DoFork:
                flags &= ~VmFlags.DontCopy;
                break;
            case MemoryAdvice.DontDump:
                flags |= VmFlags.DontDump;
                break;
            default:
                flags &= ~VmFlags.DontDump;
                break;
        }

        if (flags == vma.VmFlags)
            return 0;
        return editor.Modify(mm, vma, start, end, flags, out _).IsError ? -Errno.EAGAIN : 0;
    }

    /// <summary><c>madvise_willneed</c>: reads the pages of a file into memory, and anonymous ones back from swap; enters nothing.</summary>
    private KernelResult BringIn(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end)
    {
        if (vma.VmFile is null && EraRules.WillNeedNeedsAFile(era))
            return -Errno.EBADF;
        if (vma.VmFile?.Inode.IMapping is not { } mapping)
        {
            ulong at = start.Value;
            for (; tables.NextEntry(mm, ref at, end.Value, out PhysicalAddress where); at += PageGeometry.PageSize)
            {
                if (tables.Read(where) is { IsResident: false } entry)
                    swapCache.FindOrRead(SwapEntry.Of(entry), out _);
            }

            return 0;
        }

        if (mapping.AOps.IsSwapBacked)
            return 0;
        ulong last = PageGeometry.AlignUp((ulong)mapping.Host.ISize) >> PageGeometry.PageShift;
        for (ulong index = vma.IndexOf(start); index < Math.Min(vma.IndexOf(end), last); index++)
            cache.FindOrRead(mapping, index, out _);
        return 0;
    }

    private bool IsInCore(MmStruct mm, VmAreaStruct vma, UserVirtualAddress address)
    {
        if (tables.TryFind(mm, address.Value, out PhysicalAddress where) && tables.Read(where) is { IsNone: false } entry)
            return entry.IsResident || swapCache.Find(SwapEntry.Of(entry)) is not null;
        return vma.VmFile?.Inode.IMapping is { } mapping && cache.Find(mapping, vma.IndexOf(address)) is not null;
    }
}
