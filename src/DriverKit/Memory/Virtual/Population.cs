using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mm_populate</c>: faults pages in ahead of use, for MAP_POPULATE and for locked memory.</summary>
/// <remarks>Source: <c>__mm_populate</c> and <c>populate_vma_page_range</c>, mm/gup.c of Linux 6.18.</remarks>
internal sealed class Population(PageTables tables, FaultHandler faults)
{
    /// <summary>Faults in what is mapped in a range. Raw frames need none; holes are passed over.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">Where to start.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="ignoreErrors">Go on behind an area in which a page could not be had.</param>
    /// <returns>0; -EFAULT where the process could not touch the page itself; -ENOMEM.</returns>
    public KernelResult Populate(MmStruct mm, UserVirtualAddress start, UserVirtualAddress end, bool ignoreErrors)
    {
        var parts = new AreaParts(mm, start, end);
        while (parts.MoveNext())
        {
            if (parts.Area.Has(VmFlags.Io | VmFlags.PfnMap | VmFlags.LockOnFault))
                continue;
            KernelResult result = PopulateArea(mm, parts.Area, parts.Start, parts.End);
            if (result.IsError && !ignoreErrors)
                return result;
        }

        return 0;
    }

    /// <summary>Faults in a part of one area: private writable pages by a store, so that they need not be copied later, others by a load.</summary>
    public KernelResult PopulateArea(MmStruct mm, VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end)
    {
        AccessType access = (vma.VmFlags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write ? AccessType.Store : AccessType.Load;
        for (UserVirtualAddress at = start; at < end; at += (ulong)PageGeometry.PageSize)
        {
            if (IsThere(mm, at, access))
                continue;
            FaultResult result = faults.Handle(mm, at, access);
            if (result > FaultResult.Major)
                return result == FaultResult.OutOfMemory ? -Errno.ENOMEM : -Errno.EFAULT;
        }

        return 0;
    }

    private bool IsThere(MmStruct mm, UserVirtualAddress address, AccessType access) =>
        tables.TryFind(mm, address.Value, out PhysicalAddress where) && tables.Read(where) is { IsPresent: true } entry
        && (access == AccessType.Load || entry.IsWritable);
}
