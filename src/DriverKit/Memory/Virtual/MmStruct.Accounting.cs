using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <content>What the address space costs, and whether it may cost more.</content>
public sealed partial class MmStruct
{
    /// <summary><c>inc_mm_counter</c>: one resident page more or less.</summary>
    internal void CountPage(Page page, int change)
    {
        ulong pages = unchecked((ulong)change);
        if (change < 0 && Rss > _hiwaterRss)
            _hiwaterRss = Rss;
        unchecked
        {
            if (page.IsAnonymous)
                AnonRss += pages;
            else if (page.Mapping is AddressSpace { AOps.IsSwapBacked: true })
                ShmemRss += pages;
            else
                FileRss += pages;
        }
    }

    /// <summary><c>may_expand_vm</c>: RLIMIT_AS and, for private writable memory, RLIMIT_DATA allow that many pages more.</summary>
    internal bool MayExpand(VmFlags flags, ulong pages)
    {
        if (pages > (Limits.Of(RlimitResource.AddressSpace) >> PageGeometry.PageShift) - Math.Min(TotalVm, Limits.Of(RlimitResource.AddressSpace) >> PageGeometry.PageShift))
            return false;

        // With a limit of 0 the maximum decides: programs have been written that count on it (the kernel says: Valgrind).
        Rlimit data = Limits[RlimitResource.Data];
        return !IsData(flags) || DataVm + pages <= (data.Current == 0 ? data.Maximum : data.Current) >> PageGeometry.PageShift;
    }

    /// <summary><c>mlock_future_ok</c>: RLIMIT_MEMLOCK allows that many pages more, if they would be locked.</summary>
    internal bool MayLock(VmFlags flags, ulong pages) =>
        (flags & VmFlags.Locked) == 0 || LockedVm + pages <= Limits.Of(RlimitResource.MemLock) >> PageGeometry.PageShift;

    /// <summary>May it be promised the pages of an area with those flags? (<c>security_vm_enough_memory_mm</c>)</summary>
    internal bool MayCharge(VmFlags flags, ulong pages) => (flags & VmFlags.Account) == 0 || _overcommit.Allows(this, pages);

    private static bool IsData(VmFlags flags) => (flags & (VmFlags.Write | VmFlags.Shared | VmFlags.GrowsDown)) == VmFlags.Write;

    private void Account(VmAreaStruct vma, long sign)
    {
        if (sign > 0)
            vma.CountedAs = vma.VmFlags;
        VmFlags flags = vma.CountedAs;
        ulong pages = unchecked((ulong)(sign * (long)(vma.Length >> PageGeometry.PageShift)));
        unchecked
        {
            if (sign < 0 && TotalVm > _hiwaterVm)
                _hiwaterVm = TotalVm;
            TotalVm += pages;
            if ((flags & (VmFlags.Reserved | VmFlags.Io)) != 0)
                ReservedVm += pages;
            if (vma.VmFile is not null)
                SharedVm += pages;
            if ((flags & VmFlags.GrowsDown) != 0)
                StackVm += pages;
            else if (IsData(flags))
                DataVm += pages;
            else if ((flags & (VmFlags.Exec | VmFlags.Write)) == VmFlags.Exec)
                ExecVm += pages;
            if ((flags & VmFlags.Locked) != 0)
                LockedVm += pages;
            if ((flags & VmFlags.Account) != 0)
                _overcommit.Committed += pages;
        }
    }
}
