using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The first touch of a page: <c>do_no_page</c> asks the driver, <c>do_anonymous_page</c> gives zeroed memory.</summary>
/// <remarks>Source: mm/memory.c of Linux 2.6.20; that the zero page is not counted as resident is today's behaviour.</remarks>
internal sealed class DemandPaging
{
    /// <summary>Answers of NOPAGE_REFAULT in a row after which the processor would fault for ever.</summary>
    private const int MaxRefaults = 1000;

    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly PageTables _tables;
    private readonly PageCache _cache;
    private int _refaults;

    public DemandPaging(Machine machine, PhysicalMemory memory, PageTables tables, PageCache cache)
    {
        _machine = machine;
        _memory = memory;
        _tables = tables;
        _cache = cache;
    }

    /// <summary><c>do_anonymous_page</c>: a load gets the zero page, read-only; a store gets a page of its own.</summary>
    public FaultResult Anonymous(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, PhysicalAddress where, bool store)
    {
        if (store)
            return InstallAnonymous(mm, vma, page, where, AllocateZeroed());
        PageTableEntry zero = PageTableEntry.Make(_tables.ZeroPage.Pfn, new(vma.VmPageProt.Bits | PageProtection.Special)).Without(PageProtection.Writable);
        _tables.Write(where, zero);
        return FaultResult.Minor;
    }

    /// <summary><c>do_no_page</c>: asks the driver for the page. The first store to a private map copies it at once; the area gets its <see cref="AnonVma"/>
    /// first (<c>do_cow_fault</c>), and keeps it when there is no page.</summary>
    public FaultResult Nopage(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, NopageOperation nopage, bool store)
    {
        if (vma.Has(VmFlags.PfnMap))
            throw new KernelOopsException("kernel BUG in do_no_page: the area is VM_PFNMAP and has a nopage; a driver uses one or the other");
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (store && !vma.Has(VmFlags.Shared))
            AnonVmas.Prepare(vma);
        FaultType type = FaultType.Minor;
        NopageResult result = nopage(vma, page, ref type);
        if (result.IsRefault)
            return Refault(vma, page);
        _refaults = 0;
        if (result.IsOom)
            return FaultResult.OutOfMemory;
        if (result.Page is not { } found)
            return FaultResult.BusError;
        _memory.MemoryMap.Verify(found, "do_no_page");
        if (found.Head.Count <= 0)
            throw new KernelOopsException($"Bad page state at do_no_page: {nopage.Method.DeclaringType?.Name}.{nopage.Method.Name} returned a free page\n{found}", KernelRule.NopageWithoutGetPage);
        if (_machine.CurrentCpu.PreemptCount != 0)
        {
            _memory.PageAllocator.Put(found);
            AtomicContext.MightSleepAfterCallback(_machine, "do_no_page");
        }

        FaultResult done = Install(mm, vma, page, found, store);
        return done == FaultResult.Minor && type == FaultType.Major ? FaultResult.Major : done;
    }

    private FaultResult Refault(VmAreaStruct vma, UserVirtualAddress page) => ++_refaults < MaxRefaults
        ? FaultResult.Minor
        : throw new KernelOopsException(
            $"nopage answered NOPAGE_REFAULT {MaxRefaults} times at {page} in {vma}: the processor faults for ever. Return NOPAGE_SIGBUS for an error",
            KernelRule.NopageRefaultsOnError);

    private FaultResult Install(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, Page found, bool store)
    {
        if (!_tables.TryFindOrMake(mm, page.Value, out PhysicalAddress where))
        {
            _memory.PageAllocator.Put(found);
            return FaultResult.OutOfMemory;
        }

        if (!_tables.Read(where).IsNone)
        {
            _memory.PageAllocator.Put(found);
            return FaultResult.Minor;
        }

        if (store && !vma.Has(VmFlags.Shared))
        {
            Page? copy = _memory.PageAllocator.Allocate(GfpFlags.HighUserMovable);
            if (copy is not null)
                _machine.Ram.Frame(found.Pfn).CopyTo(_machine.Ram.Frame(copy.Pfn));
            _memory.PageAllocator.Put(found);
            return InstallAnonymous(mm, vma, page, where, copy);
        }

        PageTableEntry entry = AreaProtection.EntryOf(vma, found);
        if (store)
        {
            entry = AreaProtection.Stored(vma, entry);
            if (found.Mapping is not null)
                _cache.SetDirty(found);
        }

        _tables.AddMapping(mm, found);
        _tables.Write(where, entry);
        return FaultResult.Minor;
    }

    private Page? AllocateZeroed() => _memory.PageAllocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.Zero);

    private FaultResult InstallAnonymous(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, PhysicalAddress where, Page? fresh)
    {
        if (fresh is null)
            return FaultResult.OutOfMemory;
        _tables.AddAnonymous(mm, vma, page, fresh);
        _tables.Write(where, AreaProtection.Stored(vma, AreaProtection.EntryOf(vma, fresh)));
        return FaultResult.Minor;
    }
}
