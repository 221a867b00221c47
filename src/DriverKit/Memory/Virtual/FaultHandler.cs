using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>Page faults: from the faulting address to a resolved entry or a signal.</summary>
/// <remarks>
/// <list type="number">
/// <item>No area, and none above that grows down to there, or the area forbids the access: a signal.</item>
/// <item>No entry: the driver's <c>nopage</c> finds the page, or it is anonymous memory (<see cref="DemandPaging"/>).</item>
/// <item>An entry of a page in swap: read it back (<see cref="SwapIn"/>).</item>
/// <item>A store to an entry that is read-only although the area is writable: copy on write (<see cref="CopyOnWrite"/>).</item>
/// </list>
/// Source: <c>do_page_fault</c> (arch/i386/mm/fault.c) and <c>handle_pte_fault</c> (mm/memory.c) of Linux 2.6.20.
/// </remarks>
internal sealed class FaultHandler(PageTables tables, DemandPaging demandPaging, CopyOnWrite copyOnWrite, SwapIn swapIn, StackGrowth stackGrowth, VmStat stat)
{
    /// <summary><c>do_page_fault</c>: makes the access possible or says which signal the process gets.</summary>
    public FaultResult Handle(MmStruct mm, UserVirtualAddress address, AccessType access)
    {
        if (FindOrGrow(mm, address) is not { } vma)
            return FaultResult.NoMapping;
        VmFlags needed = access switch
        {
            AccessType.Store => VmFlags.Write,
            AccessType.Fetch => VmFlags.Exec,
            _ => VmFlags.Read | VmFlags.Write | VmFlags.Exec,
        };
        if (!vma.Has(needed))
            return FaultResult.BadAccess;
        return HandleForced(mm, vma, address, access == AccessType.Store);
    }

    /// <summary><c>lock_mm_and_find_vma</c>: the area of an address; a stack above it grows down to it.</summary>
    public VmAreaStruct? FindOrGrow(MmStruct mm, UserVirtualAddress address) =>
        address.Value < mm.TaskSize && mm.FindVma(address) is { } vma && (vma.VmStart <= address || stackGrowth.TryGrow(mm, vma, address)) ? vma : null;

    /// <summary><c>handle_mm_fault</c>: the same for an access that the area need not allow: the kernel's own, by <c>get_user_pages</c>.</summary>
    public FaultResult HandleForced(MmStruct mm, VmAreaStruct vma, UserVirtualAddress address, bool store)
    {
        FaultResult result = HandlePte(mm, vma, address.PageAlignDown, store);
        stat.Add(VmEvent.Pgfault);
        if (result == FaultResult.Minor)
        {
            mm.MinorFaults++;
        }
        else if (result == FaultResult.Major)
        {
            mm.MajorFaults++;
            stat.Add(VmEvent.Pgmajfault);
        }

        return result;
    }

    private FaultResult HandlePte(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, bool store)
    {
        if (!tables.TryFindOrMake(mm, page.Value, out PhysicalAddress where))
            return FaultResult.OutOfMemory;
        PageTableEntry entry = tables.Read(where);
        if (!entry.IsResident)
        {
            if (!entry.IsNone)
                return swapIn.Resolve(mm, vma, page, where, entry);
            AreaProtection.Verify(vma.VmPageProt, vma);
            return vma.VmOps?.Nopage is { } nopage ? demandPaging.Nopage(mm, vma, page, nopage, store) : demandPaging.Anonymous(mm, vma, page, where, store);
        }

        if (store && !entry.IsWritable)
            return copyOnWrite.Resolve(mm, vma, page, where, entry);
        return FaultResult.Minor;
    }
}
