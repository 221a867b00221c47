using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>do_swap_page</c>: the process touched a page that is in swap.</summary>
/// <remarks>Source: mm/memory.c of Linux 2.6.20. The block is given back as soon as no other process needs it, as 2.6.20 does when swap is more than half full.</remarks>
internal sealed class SwapIn(PhysicalMemory memory, PageTables tables, SwapCache cache)
{
    /// <summary>Brings the page in and maps it; a store that may not go to it is copied by the fault that follows.</summary>
    public FaultResult Resolve(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, PhysicalAddress where, PageTableEntry entry)
    {
        SwapEntry block = SwapEntry.Of(entry);
        if (cache.FindOrRead(block, out bool fromDisk) is not { } found)
            return FaultResult.OutOfMemory;

        // Bringing it in may have pushed other pages out, but never this entry: it is not mapped.
        memory.PageAllocator.Get(found);
        memory.Lru.MarkPageAccessed(found);
        if (found.Mapcount == 0)
            AnonVmas.AdoptShared(vma, page, found);
        tables.Write(where, AreaProtection.EntryOf(vma, found));
        tables.AddMapping(mm, found);
        mm.SwapEntries--;
        cache.Forget(block);
        return fromDisk ? FaultResult.Major : FaultResult.Minor;
    }
}
