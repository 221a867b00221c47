using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>What a driver calls to fill a process's page tables: <c>remap_pfn_range</c>, <c>vm_insert_page</c>, <c>vm_insert_pfn</c>.</summary>
/// <remarks>Source: mm/memory.c of Linux 2.6.20; vm_insert_pfn as added after it.</remarks>
public sealed class DriverMappings
{
    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly PageTables _tables;
    private readonly KernelEra _era;

    internal DriverMappings(Machine machine, PhysicalMemory memory, PageTables tables, KernelEra era)
    {
        _machine = machine;
        _memory = memory;
        _tables = tables;
        _era = era;
    }

    /// <summary><c>remap_pfn_range</c>: maps consecutive frames, all at once. Sets VM_IO, VM_RESERVED and VM_PFNMAP.</summary>
    /// <param name="vma">The area, in the driver's mmap handler.</param>
    /// <param name="address">Where the first frame goes.</param>
    /// <param name="pfn">The first frame: a number, not an address.</param>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <param name="protection">Usually <c>vma.VmPageProt</c>.</param>
    /// <returns>0; -EINVAL for a private writable map that it does not cover whole; -ENOMEM without memory for page tables.</returns>
    /// <exception cref="KernelOopsException">Size 0, outside the area, or an entry is there already: C's BUG_ON.</exception>
    public KernelResult RemapPfnRange(VmAreaStruct vma, UserVirtualAddress address, Pfn pfn, ulong size, PageProtection protection)
    {
        AtomicContext.MightSleep(_machine, "remap_pfn_range");
        MmStruct mm = AddressSpaceOf(vma, "remap_pfn_range");
        ulong start = address.PageAlignDown.Value;
        ulong end = unchecked(address.Value + PageGeometry.AlignUp(size));
        if (size == 0 || end <= start || start < vma.VmStart.Value || end > vma.VmEnd.Value)
            throw new KernelOopsException($"kernel BUG in remap_pfn_range: {size} bytes at {address} do not lie within {vma}");
        if (pfn.Value > MaxPfn - ((end - start) >> PageGeometry.PageShift))
            throw BeyondMemory(pfn, "remap_pfn_range");
        AreaProtection.Verify(protection, vma);
        if (EraRules.RemapMarksPfnMap(_era))
        {
            if (vma.IsCopyOnWrite)
            {
                if (start != vma.VmStart.Value || end != vma.VmEnd.Value)
                    return -Errno.EINVAL;
                vma.VmPgoff = pfn.Value;
            }

            vma.VmFlags |= VmFlags.PfnMap;
        }

        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        PageProtection special = new(protection.Bits | PageProtection.Special);
        for (ulong at = start; at < end; at += PageGeometry.PageSize, pfn += 1ul)
        {
            if (!TryFindOrMake(mm, at, out PhysicalAddress where))
                return -Errno.ENOMEM;
            if (!_tables.Read(where).IsNone)
                throw MappedTwice(mm, vma, new(at));
            if (EraRules.RemapSkipsUnreservedRam(_era) && _memory.MemoryMap.TryGetPage(pfn, out Page? page) && !page.Has(PageFlags.Reserved))
                continue;
            _tables.Write(where, PageTableEntry.Make(pfn, special));
        }

        return 0;
    }

    /// <summary><c>vm_insert_page</c>: maps one page and takes a reference to it. The page counts as resident.</summary>
    /// <returns>0; -EFAULT outside the area; -EINVAL for a free or anonymous page; -EBUSY if an entry is there; -ENOMEM.</returns>
    public KernelResult InsertPage(VmAreaStruct vma, UserVirtualAddress address, Page page)
    {
        AtomicContext.MightSleep(_machine, "vm_insert_page");
        MmStruct mm = AddressSpaceOf(vma, "vm_insert_page");
        _memory.MemoryMap.Verify(page, "vm_insert_page");
        if (!vma.Contains(address))
            return -Errno.EFAULT;
        AreaProtection.Verify(vma.VmPageProt, vma);
        if (page.Head.Count <= 0 || page.IsAnonymous)
            return -Errno.EINVAL;
        if (FindEmpty(mm, address, out PhysicalAddress where) is { IsError: true } error)
            return error;
        vma.VmFlags |= VmFlags.InsertPage;
        _memory.PageAllocator.Get(page);
        _tables.AddMapping(mm, page);
        _tables.Write(where, AreaProtection.EntryOf(vma, page));
        return 0;
    }

    /// <summary><c>vm_insert_pfn</c>: maps one frame without reference and without counting it. The driver must keep it alive.</summary>
    /// <returns>0; -EFAULT outside the area; -EBUSY if an entry is there; -ENOMEM.</returns>
    /// <exception cref="KernelOopsException">The area is not VM_PFNMAP, or it is a private writable map: C's BUG_ON.</exception>
    public KernelResult InsertPfn(VmAreaStruct vma, UserVirtualAddress address, Pfn pfn)
    {
        AtomicContext.MightSleep(_machine, "vm_insert_pfn");
        MmStruct mm = AddressSpaceOf(vma, "vm_insert_pfn");
        if (!vma.Has(VmFlags.PfnMap))
            throw new KernelOopsException($"kernel BUG in vm_insert_pfn: {vma} is not VM_PFNMAP; set vma.VmFlags |= VmFlags.PfnMap in the mmap handler", KernelRule.InsertPfnContract);
        if (vma.IsCopyOnWrite)
            throw new KernelOopsException($"kernel BUG in vm_insert_pfn: {vma} is a private writable map; answer -EINVAL to those in the mmap handler", KernelRule.InsertPfnContract);
        if (pfn.Value >= MaxPfn)
            throw BeyondMemory(pfn, "vm_insert_pfn");
        if (!vma.Contains(address))
            return -Errno.EFAULT;
        AreaProtection.Verify(vma.VmPageProt, vma);
        if (FindEmpty(mm, address, out PhysicalAddress where) is { IsError: true } error)
            return error;
        _tables.Write(where, PageTableEntry.Make(pfn, new(vma.VmPageProt.Bits | PageProtection.Special)));
        return 0;
    }

    private ulong MaxPfn => _memory.Layout.EndOfPhysicalSpace.Value;

    private static KernelOopsException BeyondMemory(Pfn pfn, string function) => new(
        $"kernel BUG in {function}: {pfn} is beyond the physical address space; the argument is a frame number, address >> PAGE_SHIFT",
        KernelRule.PfnArgumentIsAddress);

    /// <summary>An area has no entries yet when its mmap handler is called, so elsewhere it is the place that is wrong.</summary>
    private static KernelOopsException MappedTwice(MmStruct mm, VmAreaStruct vma, UserVirtualAddress address) => new(
        $"kernel BUG in remap_pfn_range: {address} has an entry already; a range is mapped once",
        mm.Unlinked == vma ? null : KernelRule.RemapOutsideMmap);

    /// <summary>The page tables to fill. An area that has been unmapped, whose process is gone or lives on another machine has none.</summary>
    private MmStruct AddressSpaceOf(VmAreaStruct vma, string function)
    {
        var mm = (MmStruct)vma.VmMm;
        return mm.Layout == _memory.Layout && mm.Has(vma)
            ? mm
            : throw new KernelOopsException($"kernel BUG in {function}: {vma} is no longer mapped; a driver may not use an area after its close");
    }

    /// <summary>The area may be another process's than the one that runs, and its process may be the next to be killed for memory.</summary>
    private bool TryFindOrMake(MmStruct mm, ulong address, out PhysicalAddress where)
    {
        mm.Hold();
        try
        {
            return _tables.TryFindOrMake(mm, address, out where);
        }
        finally
        {
            mm.LetGo();
        }
    }

    private KernelResult FindEmpty(MmStruct mm, UserVirtualAddress address, out PhysicalAddress where)
    {
        if (!TryFindOrMake(mm, address.Value, out where))
            return -Errno.ENOMEM;
        return _tables.Read(where).IsNone ? 0 : -Errno.EBUSY;
    }
}
