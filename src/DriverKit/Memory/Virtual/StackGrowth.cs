using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>expand_stack</c>: an area that grows down when the process touches an address below it.</summary>
/// <remarks>Source: <c>expand_downwards</c> and <c>acct_stack_growth</c>, mm/mmap.c of Linux 6.18.</remarks>
internal sealed class StackGrowth(VmSysctls sysctls)
{
    /// <summary>Grows an area down to an address, unless it is no stack, comes too near to the area below, or is not allowed that much.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="vma">The first area above the address.</param>
    /// <param name="address">The address that was touched.</param>
    /// <returns>True if the area covers the address now.</returns>
    public bool TryGrow(MmStruct mm, VmAreaStruct vma, UserVirtualAddress address)
    {
        UserVirtualAddress start = address.PageAlignDown;
        if (!vma.Has(VmFlags.GrowsDown) || start.Value < sysctls.MmapMinAddr)
            return false;
        if (vma.VmPrev is { } previous && !previous.Has(VmFlags.GrowsDown) && previous.Has(AreaProtection.Access)
            && start - previous.VmEnd < VmSysctls.StackGuardGap)
            return false;
        AnonVmas.Prepare(vma);
        ulong pages = (vma.VmStart - start) >> PageGeometry.PageShift;
        if (pages > vma.VmPgoff || !mm.MayExpand(vma.VmFlags, pages) || vma.VmEnd - start > mm.Limits.Of(RlimitResource.Stack)
            || !mm.MayLock(vma.VmFlags, pages) || !mm.MayCharge(VmFlags.Account, pages))
            return false;
        mm.Resize(vma, start, vma.VmEnd);
        return true;
    }
}
