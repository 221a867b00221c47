using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>do_mmap_pgoff</c>: a new area, with the driver's mmap handler behind it.</summary>
/// <remarks>The order of the errors is that of a current kernel, so that a real one can be the judge. Source: mmap(2) and mm/mmap.c.</remarks>
internal sealed class AreaMapper(
    MemoryLayout layout, VmSysctls sysctls, AreaPlacement placement, AreaEditor editor, AreaUnmapper unmapper, Population population, SharedAnonymousMemory sharedAnonymous,
    KernelEra era)
{
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
        if (file is { FOp.Mmap: null } && EraRules.MmapAsksForTheOperationFirst(era))
            return -Errno.ENODEV;
        if (length == 0)
        {
            address = hint;
            return EraRules.MmapOfNothingSucceeds(era) ? 0 : -Errno.EINVAL;
        }

        ulong size = PageGeometry.AlignUp(length);
        ulong pages = size >> PageGeometry.PageShift;
        ulong lastPage = unchecked(pgoff + pages);
        bool wraps = lastPage < pgoff || (!layout.Is64Bit && lastPage > uint.MaxValue);
        if ((size == 0 || size > mm.TaskSize || wraps) && EraRules.MmapOfTooMuchIsInvalid(era))
            return -Errno.EINVAL;
        if (size == 0)
            return -Errno.ENOMEM;
        if (wraps)
            return -Errno.EOVERFLOW;
        if (mm.MapCount > sysctls.MaxMapCount)
            return -Errno.ENOMEM;
        if (Place(mm, file, hint, size, pgoff, flags, out UserVirtualAddress start) is { IsError: true } noRoom)
            return noRoom;
        VmFlags vmFlags = AreaProtection.FlagsOf(protection) | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec | mm.DefFlags | FlagsOf(flags);
        if ((flags & MapFlags.Locked) != 0 && mm.Limits.Of(RlimitResource.MemLock) == 0)
            return -Errno.EPERM;
        if (!mm.MayLock(vmFlags, pages))
            return -Errno.EAGAIN;
        if (file is not null && pgoff > (LargestOffset(file) - size) >> PageGeometry.PageShift)
            return -Errno.EOVERFLOW;
        if (CheckKind(flags, file, protection, ref vmFlags) is { IsError: true } refused)
            return refused;
        if (Charge(mm, flags, start, pages, ref vmFlags) is { IsError: true } tooMuch)
            return tooMuch;
        if (((flags & MapFlags.Fixed) != 0 || file?.FOp.GetUnmappedArea is not null) && unmapper.Unmap(mm, start, size) is { IsError: true } occupied)
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
            if (file.Inode.IMapping is not null)
                vma.VmPageProt = AreaProtection.Recalculate(vma);
        }
        else if (vma.Has(VmFlags.Shared) && sharedAnonymous.Attach(vma) is { IsError: true } tooLarge)
        {
            return tooLarge;
        }

        // Areas without pages of their own cannot be locked (__mmap_complete).
        if (vma.Has(VmFlags.Io | VmFlags.DontExpand | VmFlags.PfnMap))
            vma.VmFlags &= ~(VmFlags.Locked | VmFlags.LockOnFault);
        mm.Link(vma);
        address = vma.VmStart;
        vma = editor.Merge(mm, vma);
        bool populate = (flags & (MapFlags.Populate | MapFlags.NonBlock)) == MapFlags.Populate;
        if (vma is { IsAnonymous: false, VmFile.Inode.Type: InodeType.CharDevice } && !vma.Has(VmFlags.Locked))
            AskDriverToPopulate(vma, address, size, flags);
        else if (populate || vma.Has(VmFlags.Locked))
            population.Populate(mm, address, address + size, ignoreErrors: true);
        return 0;
    }

    /// <summary>Finds the place; MAP_FIXED_NOREPLACE refuses one that is taken.</summary>
    private KernelResult Place(MmStruct mm, OpenFile? file, UserVirtualAddress hint, ulong size, ulong pgoff, MapFlags flags, out UserVirtualAddress start)
    {
        KernelResult result = placement.Find(mm, file, hint, size, pgoff, flags, out start);
        return !result.IsError && (flags & MapFlags.FixedNoReplace) != 0 && mm.Vmas.FindIntersection(start, start + size) is not null ? -Errno.EEXIST : result;
    }

    /// <summary><c>file_mmap_size_max</c>: a file's offsets are signed, those of a device need not be.</summary>
    private static ulong LargestOffset(OpenFile file) => file.Inode.Type == InodeType.Regular ? long.MaxValue : ulong.MaxValue;

    /// <summary><c>calc_vm_flag_bits</c>.</summary>
    private static VmFlags FlagsOf(MapFlags flags) =>
        ((flags & MapFlags.GrowsDown) != 0 ? VmFlags.GrowsDown : 0)
        | ((flags & MapFlags.Locked) != 0 ? VmFlags.Locked : 0)
        | ((flags & MapFlags.Stack) != 0 ? VmFlags.NoHugePage : 0);

    /// <summary>What the process may have at all, and what all processes together may be promised: private writable memory is charged, unless
    /// MAP_NORESERVE asks for mercy. Shared anonymous memory is charged as the file that it is, when it is made.</summary>
    private KernelResult Charge(MmStruct mm, MapFlags flags, UserVirtualAddress start, ulong pages, ref VmFlags vmFlags)
    {
        const int Never = 2;
        if ((flags & MapFlags.NoReserve) != 0 && sysctls.OvercommitMemory != Never)
            vmFlags |= VmFlags.NoReserve;
        if (!mm.MayExpand(vmFlags, pages) && !mm.MayExpand(vmFlags, pages - Math.Min(pages, PagesIn(mm, start, pages))))
            return -Errno.ENOMEM;
        if ((vmFlags & (VmFlags.NoReserve | VmFlags.Shared | VmFlags.Write)) != VmFlags.Write)
            return 0;
        if (!mm.MayCharge(VmFlags.Account, pages))
            return -Errno.ENOMEM;
        vmFlags |= VmFlags.Account;
        return 0;
    }

    /// <summary><c>count_vma_pages_range</c>: pages mapped already where the new area goes.</summary>
    private static ulong PagesIn(MmStruct mm, UserVirtualAddress start, ulong pages)
    {
        ulong bytes = 0;
        var parts = new AreaParts(mm, start, start + (pages << PageGeometry.PageShift));
        while (parts.MoveNext())
            bytes += parts.Length;
        return bytes >> PageGeometry.PageShift;
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
            return shared && (vmFlags & VmFlags.GrowsDown) != 0 ? -Errno.EINVAL : 0;
        bool mayWrite = (file.FMode & FileModes.Write) != 0;
        if (shared && (protection & Protection.Write) != 0 && !mayWrite)
            return -Errno.EACCES;
        if (shared && !mayWrite)
            vmFlags &= ~(VmFlags.MayWrite | VmFlags.Shared);
        if ((file.FMode & FileModes.Read) == 0)
            return -Errno.EACCES;
        if (file.FOp.Mmap is null)
            return -Errno.ENODEV;
        return (vmFlags & VmFlags.GrowsDown) != 0 ? -Errno.EINVAL : 0;
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

    /// <summary>MAP_POPULATE: a driver fills in its own shared maps through <c>populate</c>; without one it is left alone, as before 2.6.23.</summary>
    private static void AskDriverToPopulate(VmAreaStruct vma, UserVirtualAddress start, ulong size, MapFlags flags)
    {
        if ((flags & MapFlags.Populate) != 0 && vma.Has(VmFlags.Shared) && vma.VmOps?.Populate is { } populate)
            populate(vma, start, size, vma.VmPageProt, vma.IndexOf(start), (flags & MapFlags.NonBlock) != 0);
    }
}
