using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mprotect</c>: changes what a range allows, splitting areas at its ends.</summary>
/// <remarks>Source: mm/mprotect.c of Linux 6.18; mprotect(2).</remarks>
internal sealed class AreaProtector(PageTables tables, AreaEditor editor, Population population)
{
    private const Protection Known = Protection.Read | Protection.Write | Protection.Exec | Protection.Sem;
    private const Protection Grows = Protection.GrowsDown | Protection.GrowsUp;

    /// <summary>Changes every area of the range; stops at a hole or at an area that may not, with those before it changed.</summary>
    /// <returns>0, -EINVAL, -ENOMEM for a hole, -EACCES when the area's file does not allow it.</returns>
    public KernelResult Protect(MmStruct mm, UserVirtualAddress start, ulong length, Protection protection)
    {
        Protection grows = protection & Grows;
        protection &= ~Grows;
        if (grows == Grows || !start.IsPageAligned)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        UserVirtualAddress end = start + PageGeometry.AlignUp(length);
        if (end <= start)
            return -Errno.ENOMEM;
        if ((protection & ~Known) != 0)
            return -Errno.EINVAL;
        if (mm.Vmas.FindIntersection(start, end) is not { } first || (grows != Protection.GrowsDown && first.VmStart > start))
            return -Errno.ENOMEM;
        if (grows == Protection.GrowsUp || (grows == Protection.GrowsDown && !first.Has(VmFlags.GrowsDown)))
            return -Errno.EINVAL;
        if (grows != 0)
            start = first.VmStart;

        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext() && !parts.HasHole)
        {
            if (ProtectOne(mm, parts.Area, parts.Start, parts.End, protection) is { IsError: true } error)
                return error;
        }

        return parts.HasHole ? -Errno.ENOMEM : 0;
    }

    private KernelResult ProtectOne(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end, Protection protection)
    {
        VmFlags old = vma.VmFlags;
        VmFlags flags = (old & ~AreaProtection.Access) | AreaProtection.FlagsOf(protection);
        VmFlags allowed = (VmFlags)((uint)flags >> 4) & AreaProtection.Access;
        if ((flags & AreaProtection.Access & ~allowed) != 0)
            return -Errno.EACCES;
        if (flags == old)
            return 0;
        if (Charge(mm, vma, (end - start) >> PageGeometry.PageShift, ref flags) is { IsError: true } tooMuch)
            return tooMuch;
        if (editor.Modify(mm, vma, start, end, flags, out vma) is { IsError: true } error)
            return error;
        tables.Protect(mm, start.Value, end.Value, vma);
        if ((old & (VmFlags.Write | VmFlags.Shared | VmFlags.Locked | VmFlags.LockOnFault)) == VmFlags.Locked && (flags & VmFlags.Write) != 0)
            population.PopulateArea(mm, vma, start, end);
        return 0;
    }

    /// <summary>Private memory that becomes writable is charged from now on. Memory that becomes read-only stays charged, unless it never had a page of its own.</summary>
    private static KernelResult Charge(MmStruct mm, VmAreaStruct vma, ulong pages, ref VmFlags flags)
    {
        const VmFlags NotCharged = VmFlags.Account | VmFlags.Write | VmFlags.Shared | VmFlags.NoReserve;
        if ((flags & VmFlags.Write) == 0)
        {
            if (vma is { IsAnonymous: true, AnonVma: null })
                flags &= ~VmFlags.Account;
            return 0;
        }

        if (!mm.MayExpand(flags, pages) && mm.MayExpand(vma.VmFlags, pages))
            return -Errno.ENOMEM;
        if (vma.Has(NotCharged))
            return 0;
        if (!mm.MayCharge(VmFlags.Account, pages))
            return -Errno.ENOMEM;
        flags |= VmFlags.Account;
        return 0;
    }
}
