using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>do_mmap_pgoff</c>: a new area, with the driver's mmap handler behind it.</summary>
/// <remarks>The order of the errors is that of a current kernel, so that a real one can be the judge. Source: mmap(2) and mm/mmap.c.</remarks>
internal sealed class AreaMapper(MemoryLayout layout, AreaUnmapper unmapper, FaultHandler faults, SharedAnonymousMemory sharedAnonymous)
{
    /// <summary>The lowest address a map is placed at without MAP_FIXED (<c>mmap_min_addr</c>).</summary>
    private const ulong MinimumAddress = 0x10000;

    /// <summary>Maps a file or zeroed memory.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="hint">Where, with MAP_FIXED; otherwise a wish.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="protection">What is allowed.</param>
    /// <param name="flags">MAP_SHARED or MAP_PRIVATE, and more.</param>
    /// <param name="file">The file, or null for anonymous memory.</param>
    /// <param name="pgoff">The offset in the file, in pages.</param>
    /// <param name="address">Where it was mapped.</param>
    /// <returns>0; a negated errno; or what a driver's handler returned that is neither.</returns>
    public KernelResult Map(
        MmStruct mm, UserVirtualAddress hint, ulong length, Protection protection, MapFlags flags, OpenFile? file, ulong pgoff, out UserVirtualAddress address)
    {
        address = default;
        if (length == 0)
            return -Errno.EINVAL;
        ulong size = PageGeometry.AlignUp(length);
        if (size == 0)
            return -Errno.ENOMEM;
        ulong lastPage = unchecked(pgoff + (size >> PageGeometry.PageShift));
        if (lastPage < pgoff || (!layout.Is64Bit && lastPage > uint.MaxValue))
            return -Errno.EOVERFLOW;
        if (mm.MapCount > AreaUnmapper.MaxMapCount)
            return -Errno.ENOMEM;
        if (FindRoom(mm, hint, size, flags, out UserVirtualAddress start) is { IsError: true } noRoom)
            return noRoom;
        if (file is not null && layout.Is64Bit && pgoff > (ulong.MaxValue - size) >> PageGeometry.PageShift)
            return -Errno.EOVERFLOW;
        VmFlags vmFlags = AreaProtection.FlagsOf(protection) | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec;
        if (CheckKind(flags, file, protection, ref vmFlags) is { IsError: true } refused)
            return refused;
        if ((flags & MapFlags.Fixed) != 0 && unmapper.Unmap(mm, start, size) is { IsError: true } occupied)
            return occupied;

        var vma = new VmAreaStruct(mm, start, start + size)
        {
            VmFlags = vmFlags,
            VmPageProt = AreaProtection.PageProtOf(vmFlags),
            VmPgoff = file is not null ? pgoff : (vmFlags & VmFlags.Shared) != 0 ? 0 : start.Value >> PageGeometry.PageShift,
        };
        if (file is not null)
        {
            vma.VmFile = file;
            file.Get();
            KernelResult result = CallDriver(mm, vma, file);
            if (result.Value != 0)
                return result;
        }
        else if (vma.Has(VmFlags.Shared))
        {
            sharedAnonymous.Attach(vma);
        }

        mm.Link(vma);
        address = vma.VmStart;
        vma = unmapper.Merge(mm, vma);
        if ((flags & MapFlags.Populate) != 0)
            Populate(mm, vma, address, size, (flags & MapFlags.NonBlock) != 0);
        return 0;
    }

    /// <summary><c>get_unmapped_area</c>: the wish if it is free, else the highest room below <c>mmap_base</c>, else the highest anywhere.</summary>
    private static KernelResult FindRoom(MmStruct mm, UserVirtualAddress hint, ulong size, MapFlags flags, out UserVirtualAddress start)
    {
        start = hint;
        if (size > mm.TaskSize)
            return -Errno.ENOMEM;
        if ((flags & MapFlags.Fixed) != 0)
        {
            if (hint.Value > mm.TaskSize - size)
                return -Errno.ENOMEM;
            return hint.IsPageAligned ? 0 : -Errno.EINVAL;
        }

        UserVirtualAddress wish = new(Math.Max(hint.PageAlignDown.Value, MinimumAddress));
        if (!hint.PageAlignDown.IsNull && wish.Value <= mm.TaskSize - size && mm.Vmas.FindIntersection(wish, wish + size) is null)
        {
            start = wish;
            return 0;
        }

        return mm.Vmas.TryFindGap(size, MinimumAddress, mm.MmapBase, out start) || mm.Vmas.TryFindGap(size, mm.MmapBase, mm.TaskSize, out start)
            ? 0
            : -Errno.ENOMEM;
    }

    private static KernelResult CheckKind(MapFlags flags, OpenFile? file, Protection protection, ref VmFlags vmFlags)
    {
        bool validate = (flags & MapFlags.Type) == MapFlags.SharedValidate && file is not null;
        bool shared = validate || (flags & MapFlags.Type) == MapFlags.Shared;
        if (!shared && (flags & MapFlags.Type) != MapFlags.Private)
            return -Errno.EINVAL;
        if (validate && (flags & ~MapFlags.Legacy) != 0)
            return -Errno.EOPNOTSUPP;
        if (shared)
            vmFlags |= VmFlags.Shared | VmFlags.MayShare;
        if (file is null)
            return 0;
        bool mayWrite = (file.FMode & FileModes.Write) != 0;
        if (shared && (protection & Protection.Write) != 0 && !mayWrite)
            return -Errno.EACCES;
        if (shared && !mayWrite)
            vmFlags &= ~(VmFlags.MayWrite | VmFlags.Shared);
        if ((file.FMode & FileModes.Read) == 0)
            return -Errno.EACCES;
        return file.FOp.Mmap is null ? -Errno.ENODEV : 0;
    }

    /// <summary>The driver's mmap handler. If it returns anything but 0, or has a bug, what it entered is taken out again and its close is
    /// not called; a positive number reaches the process, as on Linux.</summary>
    private KernelResult CallDriver(MmStruct mm, VmAreaStruct vma, OpenFile file)
    {
        bool mapped = false;
        mm.Unlinked = vma;
        try
        {
            KernelResult result = file.FOp.Mmap!(file, vma);
            mapped = result.Value == 0;
            return result;
        }
        finally
        {
            mm.Unlinked = null;
            if (!mapped)
                Abandon(mm, vma, file);
        }
    }

    /// <summary><c>unmap_and_free_vma</c>: the reference to the file goes even if a page in the area has gone bad.</summary>
    private void Abandon(MmStruct mm, VmAreaStruct vma, OpenFile file)
    {
        try
        {
            unmapper.Release(mm, vma.VmStart, vma.VmEnd, mm.Vmas.FindBefore(vma.VmStart), mm.Vmas.Find(vma.VmEnd));
        }
        finally
        {
            file.Put();
        }
    }

    /// <summary>MAP_POPULATE: a driver fills in its own shared maps through <c>populate</c>; without one it is left alone. Memory is faulted in.</summary>
    private void Populate(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, ulong size, bool nonblock)
    {
        if (vma.VmFile is { Inode.Type: InodeType.CharDevice })
        {
            if (vma.Has(VmFlags.Shared) && vma.VmOps?.Populate is { } populate)
                populate(vma, start, size, vma.VmPageProt, vma.VmPgoff + ((start - vma.VmStart) >> PageGeometry.PageShift), nonblock);
            return;
        }

        if (nonblock)
            return;
        AccessType access = (vma.VmFlags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write ? AccessType.Store : AccessType.Load;
        for (UserVirtualAddress at = start; at < start + size; at += (ulong)PageGeometry.PageSize)
        {
            if (faults.Handle(mm, at, access) > FaultResult.Major)
                return;
        }
    }
}
