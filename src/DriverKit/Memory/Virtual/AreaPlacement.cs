using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>get_unmapped_area</c>: where a new area goes.</summary>
/// <remarks>Source: mm/mmap.c and arch/x86/kernel/sys_x86_64.c of Linux 6.18: from <c>mmap_base</c> down; when nothing is free there, from a third of
/// the address space up.</remarks>
internal sealed class AreaPlacement(MemoryLayout layout, VmSysctls sysctls)
{
    /// <summary><c>MAX_ERRNO</c>.</summary>
    private const long MaxErrno = 4095;

    /// <summary><c>get_unmapped_area</c>: the address for a new area, chosen by the file's driver if it wants to and MAP_FIXED does not.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="file">What will be mapped, or null.</param>
    /// <param name="hint">Where, with MAP_FIXED; otherwise a wish, or null.</param>
    /// <param name="size">Bytes, whole pages.</param>
    /// <param name="pgoff">The offset in the file, in pages.</param>
    /// <param name="flags">The flags of mmap().</param>
    /// <param name="start">The address.</param>
    /// <returns>As the kernel's own choice, or what the driver returned.</returns>
    public KernelResult Find(MmStruct mm, OpenFile? file, UserVirtualAddress hint, ulong size, ulong pgoff, MapFlags flags, out UserVirtualAddress start)
    {
        bool isFixed = (flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0;
        if (isFixed || file?.FOp.GetUnmappedArea is not { } choose)
            return Find(mm, hint, size, isFixed, out start);
        start = hint;
        if (size > mm.TaskSize)
            return -Errno.ENOMEM;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        KernelResult chosen = choose(file, hint, size, pgoff, (uint)flags);
        return chosen.IsError ? chosen : Find(mm, new((ulong)chosen.Value), size, isFixed: true, out start);
    }

    /// <summary>The kernel's own choice of an address.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="hint">Where, with MAP_FIXED; otherwise a wish, or null.</param>
    /// <param name="size">Bytes, whole pages.</param>
    /// <param name="isFixed">There or nowhere; what is there will be unmapped.</param>
    /// <param name="start">The address.</param>
    /// <returns>0; -ENOMEM without room; -EINVAL for a fixed address inside a page; -EPERM for one below mmap_min_addr.</returns>
    private KernelResult Find(MmStruct mm, UserVirtualAddress hint, ulong size, bool isFixed, out UserVirtualAddress start)
    {
        start = hint;
        if (size > mm.TaskSize)
            return -Errno.ENOMEM;
        if (isFixed)
        {
            // An address that looks like an errno is taken for one (IS_ERR_VALUE).
            if (unchecked((long)hint.Value) is < 0 and >= -MaxErrno)
                return unchecked((long)hint.Value);
            if (hint.Value > mm.TaskSize - size)
                return -Errno.ENOMEM;
            if (!hint.IsPageAligned)
                return -Errno.EINVAL;
            return hint.Value < sysctls.MmapMinAddr ? -Errno.EPERM : 0;
        }

        if (!hint.PageAlignDown.IsNull)
        {
            start = new(Math.Max(hint.PageAlignDown.Value, PageGeometry.AlignUp(sysctls.MmapMinAddr)));
            if (IsFree(mm, start, size))
                return 0;
        }

        return (!mm.IsLegacyLayout && TryFromTheTop(mm, size, out start)) || TryFromTheBottom(mm, size, out start) ? 0 : -Errno.ENOMEM;
    }

    /// <summary>True when the range is free, with the guard gap that a stack above it needs.</summary>
    public static bool IsFree(MmStruct mm, UserVirtualAddress start, ulong size) =>
        size <= mm.TaskSize && start.Value <= mm.TaskSize - size && (mm.Vmas.Find(start) is not { } next || start.Value + size <= StartWithGap(next));

    /// <summary><c>vm_start_gap</c>: where an area starts, with the guard gap if it grows down.</summary>
    public static ulong StartWithGap(VmAreaStruct vma) =>
        vma.Has(VmFlags.GrowsDown) ? vma.VmStart.Value - Math.Min(vma.VmStart.Value, VmSysctls.StackGuardGap) : vma.VmStart.Value;

    private bool TryFromTheTop(MmStruct mm, ulong size, out UserVirtualAddress start)
    {
        ulong low = Math.Max(PageGeometry.PageSize, PageGeometry.AlignUp(sysctls.MmapMinAddr));
        ulong high = mm.MmapBase;
        while (mm.Vmas.TryFindGap(size, low, high, out start, out VmAreaStruct? above))
        {
            if (above is null || start.Value + size <= StartWithGap(above))
                return true;
            high = StartWithGap(above);
        }

        return false;
    }

    private bool TryFromTheBottom(MmStruct mm, ulong size, out UserVirtualAddress start)
    {
        start = new(PageGeometry.AlignUp(layout.TaskSize / 3));
        while (mm.Vmas.Find(start) is { } next && start.Value + size > StartWithGap(next))
        {
            if (next.VmEnd > start)
                start = next.VmEnd;
        }

        return size <= mm.TaskSize - start.Value;
    }
}
