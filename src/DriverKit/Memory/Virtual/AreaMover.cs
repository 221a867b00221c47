using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mremap</c>: makes an area larger or smaller, and moves it if it may.</summary>
/// <remarks>Source: mm/mremap.c of Linux 6.18; mremap(2). A driver hears of a move as <c>open</c> of the copy and <c>close</c> of the original; of
/// growth in place it hears nothing, which VM_DONTEXPAND prevents.</remarks>
internal sealed class AreaMover(
    VmSysctls sysctls, AreaPlacement placement, AreaEditor editor, AreaUnmapper unmapper, PageTables tables, Population population)
{
    private const MremapFlags Moves = MremapFlags.Fixed | MremapFlags.DontUnmap;

    /// <summary>Resizes or moves a mapping.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="oldLength">Its length; 0 makes a second mapping of shared memory.</param>
    /// <param name="newLength">The length it shall have.</param>
    /// <param name="flags">Whether it may move.</param>
    /// <param name="newAddress">Where to, with MREMAP_FIXED.</param>
    /// <param name="result">Where it is now.</param>
    /// <returns>0, -EINVAL, -EFAULT, -ENOMEM, -EAGAIN.</returns>
    public KernelResult Remap(
        MmStruct mm, UserVirtualAddress address, ulong oldLength, ulong newLength, MremapFlags flags, UserVirtualAddress newAddress, out UserVirtualAddress result)
    {
        result = default;
        var request = new Request(address, PageGeometry.AlignUp(oldLength), PageGeometry.AlignUp(newLength), flags, newAddress);
        if (Check(mm, request) is { IsError: true } wrong)
            return wrong;
        if ((flags & MremapFlags.Fixed) != 0 && request.OldLength == request.NewLength)
            return MoveAll(mm, request, out result);
        VmAreaStruct? vma = mm.Vmas.Find(address);
        if (CheckArea(mm, vma, request) is { IsError: true } refused)
            return refused;
        bool isLocked = vma!.Has(VmFlags.Locked);
        KernelResult done = request.Moves ? MoveTo(mm, vma, request, out result) : Resize(mm, vma, request, out result);
        if (!done.IsError && isLocked && request.NewLength > request.OldLength)
            population.Populate(mm, result + request.OldLength, result + request.NewLength, ignoreErrors: true);
        return done;
    }

    /// <summary><c>check_mremap_params</c>.</summary>
    private KernelResult Check(MmStruct mm, Request request)
    {
        if ((request.Flags & ~(MremapFlags.MayMove | Moves)) != 0 || !request.Address.IsPageAligned || request.NewLength == 0 || request.NewLength > mm.TaskSize)
            return -Errno.EINVAL;
        if (!request.Moves)
            return 0;
        if (request.NewAddress.Value > mm.TaskSize - request.NewLength || !request.NewAddress.IsPageAligned
            || (request.Flags & MremapFlags.MayMove) == 0
            || ((request.Flags & MremapFlags.DontUnmap) != 0 && request.OldLength != request.NewLength)
            || request.Overlaps)
            return -Errno.EINVAL;
        return mm.MapCount + 2 >= sysctls.MaxMapCount - 3 ? -Errno.ENOMEM : 0;
    }

    /// <summary><c>check_prep_vma</c>: what the area allows.</summary>
    private static KernelResult CheckArea(MmStruct mm, VmAreaStruct? vma, Request request)
    {
        if (vma is null || vma.VmStart > request.Address)
            return -Errno.EFAULT;
        if (!request.Moves && request.OldLength >= request.NewLength)
            return 0;
        if (request.OldLength == 0 && !vma.Has(VmFlags.Shared | VmFlags.MayShare))
            return -Errno.EINVAL;
        if ((request.Flags & MremapFlags.DontUnmap) != 0 && vma.Has(VmFlags.DontExpand | VmFlags.PfnMap))
            return -Errno.EINVAL;
        ulong length = Math.Min(request.OldLength, request.NewLength);
        if (length > vma.VmEnd - request.Address)
            return -Errno.EFAULT;
        if (request.NewLength <= request.OldLength)
            return 0;
        if (unchecked(vma.IndexOf(request.Address) + (request.NewLength >> PageGeometry.PageShift)) < vma.IndexOf(request.Address))
            return -Errno.EINVAL;
        if (vma.Has(VmFlags.DontExpand | VmFlags.PfnMap))
            return -Errno.EFAULT;
        ulong more = (request.NewLength - request.OldLength) >> PageGeometry.PageShift;
        if (!mm.MayLock(vma.VmFlags, more))
            return -Errno.EAGAIN;
        return mm.MayExpand(vma.VmFlags, more) ? 0 : -Errno.ENOMEM;
    }

    /// <summary><c>remap_move</c>: every area of the range moves, and the gaps between them stay as they are.</summary>
    private KernelResult MoveAll(MmStruct mm, Request request, out UserVirtualAddress result)
    {
        result = request.NewAddress;
        UserVirtualAddress end = request.Address + request.OldLength, at = request.Address;
        if (mm.Vmas.Find(at) is not { } first || first.VmStart > at)
            return -Errno.EFAULT;
        while (at < end && mm.Vmas.Find(at) is { } vma && vma.VmStart < end)
        {
            UserVirtualAddress start = vma.VmStart > at ? vma.VmStart : at;
            UserVirtualAddress stop = vma.VmEnd < end ? vma.VmEnd : end;

            // A file that chooses its own addresses, as /dev/zero does, moves alone (vma_multi_allowed).
            if (vma.IsSetAnonymous && (start != request.Address || stop != end))
                return -Errno.EFAULT;
            var one = new Request(start, stop - start, stop - start, request.Flags, request.NewAddress + (start - request.Address));
            if (CheckArea(mm, vma, one) is { IsError: true } refused)
                return refused;
            if (MoveTo(mm, vma, one, out _) is { IsError: true } error)
                return error;
            at = stop;
        }

        return 0;
    }

    /// <summary><c>mremap_to</c>: what is mapped at the target goes first, whether or not the move works.</summary>
    private KernelResult MoveTo(MmStruct mm, VmAreaStruct vma, Request request, out UserVirtualAddress result)
    {
        result = default;
        if ((request.Flags & MremapFlags.Fixed) != 0)
        {
            if (unmapper.Unmap(mm, request.NewAddress, request.NewLength) is { IsError: true } occupied)
                return occupied;
            if (mm.Vmas.Find(request.Address) is not { } still || still.VmStart > request.Address)
                return -Errno.EFAULT;
            vma = still;
        }

        if (request.OldLength > request.NewLength)
        {
            if (unmapper.Unmap(mm, request.Address + request.NewLength, request.OldLength - request.NewLength) is { IsError: true } error)
                return error;
            vma = mm.Vmas.Find(request.Address)!;
            request = request with { OldLength = request.NewLength };
        }

        if ((request.Flags & MremapFlags.DontUnmap) != 0 && !mm.MayExpand(vma.VmFlags, request.OldLength >> PageGeometry.PageShift))
            return -Errno.ENOMEM;
        return Move(mm, vma, request, out result);
    }

    /// <summary><c>mremap_at</c>: where it is, if it can be.</summary>
    private KernelResult Resize(MmStruct mm, VmAreaStruct vma, Request request, out UserVirtualAddress result)
    {
        result = request.Address;
        if (request.NewLength > request.OldLength)
            return Grow(mm, vma, request, out result);
        return request.OldLength == request.NewLength ? 0 : unmapper.Unmap(mm, result + request.NewLength, request.OldLength - request.NewLength);
    }

    /// <summary><c>expand_vma</c>: in place if nothing is in the way, else somewhere else.</summary>
    private KernelResult Grow(MmStruct mm, VmAreaStruct vma, Request request, out UserVirtualAddress result)
    {
        ulong more = request.NewLength - request.OldLength;
        UserVirtualAddress oldEnd = request.Address + request.OldLength, newEnd = request.Address + request.NewLength;
        result = request.Address;
        if (vma.VmEnd == oldEnd && more <= mm.TaskSize - vma.VmEnd.Value && mm.Vmas.FindIntersection(oldEnd, newEnd) is null)
        {
            if (!mm.MayCharge(vma.VmFlags, more >> PageGeometry.PageShift))
                return -Errno.ENOMEM;
            mm.Resize(vma, vma.VmStart, newEnd);
            AreaEditor.MergeGrown(mm, vma);
            return 0;
        }

        return (request.Flags & MremapFlags.MayMove) == 0 ? -Errno.ENOMEM : Move(mm, vma, request, out result);
    }

    /// <summary><c>move_vma</c>: a copy of the area at its new place, the page tables moved over, the original unmapped.</summary>
    private KernelResult Move(MmStruct mm, VmAreaStruct vma, Request request, out UserVirtualAddress result)
    {
        UserVirtualAddress wish = request.Moves ? request.NewAddress : default;
        MapFlags flags = ((request.Flags & MremapFlags.Fixed) != 0 ? MapFlags.Fixed : 0) | (vma.Has(VmFlags.MayShare) ? MapFlags.Shared : 0);
        if (placement.Find(mm, vma.VmFile, wish, request.NewLength, vma.IndexOf(request.Address), flags, out result) is { IsError: true } noRoom)
            return noRoom;

        // Only a driver chooses a place that is taken; here it is not emptied (copy_vma).
        if (vma.VmFile?.FOp.GetUnmappedArea is not null && mm.Vmas.FindIntersection(result, result + request.NewLength) is not null)
            return -Errno.ENOMEM;
        if (mm.MapCount >= sysctls.MaxMapCount - 3 || !mm.MayCharge(vma.VmFlags, request.NewLength >> PageGeometry.PageShift))
            return -Errno.ENOMEM;
        ulong hiwater = mm.HiwaterVm;
        CopyArea(mm, vma, request.Address, result, request.NewLength);
        if (!tables.Move(mm, request.Address.Value, result.Value, request.OldLength))
        {
            // No memory for tables: what has been moved goes back.
            tables.Move(mm, result.Value, request.Address.Value, request.OldLength);
            unmapper.Unmap(mm, result, request.NewLength);
            return -Errno.ENOMEM;
        }

        if ((request.Flags & MremapFlags.DontUnmap) != 0)
        {
            LeaveEmpty(mm, request);
            return 0;
        }

        if (request.OldLength != 0)
            unmapper.Unmap(mm, request.Address, request.OldLength);

        // For a moment it was mapped twice; that is not the process's doing.
        mm.HiwaterVm = hiwater;
        return 0;
    }

    /// <summary><c>copy_vma</c>: an area that has no page yet is numbered by its new place, so that it may merge there.</summary>
    private void CopyArea(MmStruct mm, VmAreaStruct vma, UserVirtualAddress from, UserVirtualAddress to, ulong length)
    {
        VmAreaStruct copy = vma.Copy(mm, to, to + length);
        copy.VmPgoff = vma is { IsAnonymous: true, AnonVma: null } ? to.Value >> PageGeometry.PageShift : vma.IndexOf(from);
        if (vma.AnonVma is not null)
            AnonVmas.Share(copy, vma);
        try
        {
            // What becomes part of a neighbour is no new area: the driver does not hear of it.
            if (AreaEditor.WillMerge(mm, copy))
                copy.VmFile?.Get();
            else
                editor.Open(mm, copy);
        }
        catch
        {
            AnonVmas.Unlink(copy);
            throw;
        }

        mm.Link(copy);
        editor.Merge(mm, copy);
    }

    /// <summary><c>dontunmap_complete</c>: the original stays, without pages and no longer locked.</summary>
    private static void LeaveEmpty(MmStruct mm, Request request)
    {
        VmAreaStruct vma = mm.Vmas.Find(request.Address)!;
        mm.ChangeFlags(vma, vma.VmFlags & ~(VmFlags.Locked | VmFlags.LockOnFault));
        if (vma.VmStart == request.Address && vma.VmEnd == request.Address + request.OldLength)
            AnonVmas.Unlink(vma);
    }

    /// <summary>What was asked for, in whole pages.</summary>
    private readonly record struct Request(UserVirtualAddress Address, ulong OldLength, ulong NewLength, MremapFlags Flags, UserVirtualAddress NewAddress)
    {
        /// <summary><c>vrm_implies_new_addr</c>.</summary>
        public bool Moves => (Flags & AreaMover.Moves) != 0;

        /// <summary><c>vrm_overlaps</c>.</summary>
        public bool Overlaps => Address.Value + OldLength > NewAddress.Value && NewAddress.Value + NewLength > Address.Value;
    }
}
