using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mprotect</c>: changes what a range allows, splitting areas at its ends.</summary>
/// <remarks>Source: mm/mprotect.c; mprotect(2).</remarks>
internal sealed class AreaProtector(PageTables tables, AreaUnmapper unmapper)
{
    /// <summary>Changes every area of the range; stops at a hole or at an area that may not, with those before it changed.</summary>
    /// <returns>0, -EINVAL, -ENOMEM for a hole, -EACCES when the area's file does not allow it.</returns>
    public KernelResult Protect(MmStruct mm, UserVirtualAddress start, ulong length, Protection protection)
    {
        if (!start.IsPageAligned)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        UserVirtualAddress end = start + PageGeometry.AlignUp(length);
        if (end <= start)
            return -Errno.ENOMEM;
        if ((protection & ~(Protection.Read | Protection.Write | Protection.Exec | Protection.Sem)) != 0)
            return -Errno.EINVAL;
        UserVirtualAddress at = start;
        while (at < end)
        {
            if (mm.Vmas.Find(at) is not { } vma || vma.VmStart > at)
                return -Errno.ENOMEM;
            UserVirtualAddress stop = vma.VmEnd < end ? vma.VmEnd : end;
            if (ProtectOne(mm, vma, at, stop, protection) is { IsError: true } error)
                return error;
            at = stop;
        }

        return 0;
    }

    private KernelResult ProtectOne(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end, Protection protection)
    {
        VmFlags flags = (vma.VmFlags & ~AreaProtection.Access) | AreaProtection.FlagsOf(protection);
        VmFlags allowed = (VmFlags)((uint)flags >> 4) & AreaProtection.Access;
        if ((flags & AreaProtection.Access & ~allowed) != 0)
            return -Errno.EACCES;
        if (flags == vma.VmFlags)
            return 0;
        int splits = (vma.VmStart < start ? 1 : 0) + (vma.VmEnd > end ? 1 : 0);
        if (mm.MapCount + splits > AreaUnmapper.MaxMapCount)
            return -Errno.ENOMEM;
        if (vma.VmStart < start)
            vma = unmapper.Split(mm, vma, start, newBelow: false);
        if (vma.VmEnd > end)
            unmapper.Split(mm, vma, end, newBelow: false);
        mm.ChangeFlags(vma, flags);
        vma.VmPageProt = Recalculate(vma, flags);
        tables.Protect(mm, vma.VmStart.Value, vma.VmEnd.Value, vma.VmPageProt);
        unmapper.Merge(mm, vma);
        return 0;
    }

    /// <summary>The access bits for the new flags; how the driver wanted it cached stays.</summary>
    private static PageProtection Recalculate(VmAreaStruct vma, VmFlags flags)
    {
        const ulong Caching = PageProtection.CacheDisable | PageProtection.WriteThrough;
        return new(AreaProtection.PageProtOf(flags).Bits | (vma.VmPageProt.Bits & Caching));
    }
}
