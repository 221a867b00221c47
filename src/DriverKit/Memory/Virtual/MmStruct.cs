using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>struct mm_struct</c>: the address space of a process: its areas, its page tables and what they cost (<c>linux/sched.h</c>).</summary>
public sealed class MmStruct : IMmStruct
{
    internal MmStruct(MemoryLayout layout, PhysicalAddress pgd, ulong mmapBase)
    {
        Layout = layout;
        TaskSize = layout.TaskSize;
        Pgd = pgd;
        MmapBase = mmapBase;
    }

    /// <summary><c>pgd</c>: the top-level page table, what CR3 holds while the process runs.</summary>
    public PhysicalAddress Pgd { get; }

    /// <summary><c>task_size</c>: the first address the process cannot use.</summary>
    public ulong TaskSize { get; }

    /// <summary><c>mmap_base</c>: maps are placed below it, downwards.</summary>
    public ulong MmapBase { get; }

    /// <summary><c>start_brk</c>: where the heap starts.</summary>
    public UserVirtualAddress StartBrk { get; internal set; }

    /// <summary><c>brk</c>: where the heap ends.</summary>
    public UserVirtualAddress Brk { get; internal set; }

    /// <summary><c>start_stack</c>: the stack pointer at the start of the program.</summary>
    public UserVirtualAddress StartStack { get; internal set; }

    /// <inheritdoc/>
    public int MapCount => Vmas.Count;

    /// <inheritdoc/>
    public ulong TotalVm { get; internal set; }

    /// <inheritdoc/>
    public ulong ReservedVm { get; private set; }

    /// <inheritdoc/>
    public ulong LockedVm { get; internal set; }

    /// <summary><c>shared_vm</c>: pages in areas with a file.</summary>
    public ulong SharedVm { get; private set; }

    /// <summary><c>stack_vm</c>: pages in stacks.</summary>
    public ulong StackVm { get; private set; }

    /// <inheritdoc/>
    public ulong FileRss { get; internal set; }

    /// <inheritdoc/>
    public ulong AnonRss { get; internal set; }

    /// <inheritdoc/>
    public ulong NrPtes { get; internal set; }

    /// <summary>Faults resolved without I/O since the address space was made (<c>min_flt</c>).</summary>
    public ulong MinorFaults { get; internal set; }

    /// <summary>Faults resolved with I/O since the address space was made (<c>maj_flt</c>).</summary>
    public ulong MajorFaults { get; internal set; }

    /// <summary>The areas in order of address (the list <c>mmap</c>).</summary>
    public IEnumerable<VmAreaStruct> Mmap => Vmas.InOrder();

    /// <summary>The machine's layout; one object a machine, so it also tells whose address space this is.</summary>
    internal MemoryLayout Layout { get; }

    /// <summary>The area that a driver sees before it is linked: in its mmap handler, or its open for the new half of a split.</summary>
    internal VmAreaStruct? Unlinked { get; set; }

    internal VmaTree Vmas { get; } = new();

    /// <summary>The processor's translations of this address space, as if tagged with its number.</summary>
    internal Tlb Tlb { get; } = new();

    /// <summary><c>mmap_cache</c>: the area found or linked last.</summary>
    private VmAreaStruct? _mmapCache;

    /// <summary><c>find_vma</c>: the first area that ends above the address; it need not contain it.</summary>
    public VmAreaStruct? FindVma(UserVirtualAddress address)
    {
        if (_mmapCache is { } cached && cached.Contains(address))
            return cached;
        VmAreaStruct? vma = Vmas.Find(address);
        if (vma is not null)
            _mmapCache = vma;
        return vma;
    }

    /// <summary>True while the area is part of the address space, or about to be.</summary>
    internal bool Has(VmAreaStruct vma) => vma == Unlinked || Vmas.Find(vma.VmStart) == vma;

    /// <summary>Adds an area and counts it (<c>vma_link</c>, <c>vm_stat_account</c>).</summary>
    internal void Link(VmAreaStruct vma)
    {
        Vmas.Insert(vma);
        Account(vma, 1);
        _mmapCache = vma;
    }

    /// <summary>Takes an area out and off the counts.</summary>
    internal void Unlink(VmAreaStruct vma)
    {
        Account(vma, -1);
        Vmas.Remove(vma);
        _mmapCache = null;
    }

    /// <summary>Moves the ends of an area and counts the difference (<c>vma_adjust</c>).</summary>
    internal void Resize(VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end)
    {
        Account(vma, -1);
        vma.VmPgoff = unchecked(vma.VmPgoff + (ulong)((long)(start.Value - vma.VmStart.Value) >> PageGeometry.PageShift));
        Vmas.Resize(vma, start, end);
        Account(vma, 1);
        _mmapCache = null;
    }

    /// <summary>Changes the flags of an area and counts the difference.</summary>
    internal void ChangeFlags(VmAreaStruct vma, VmFlags flags)
    {
        Account(vma, -1);
        vma.VmFlags = flags;
        Account(vma, 1);
    }

    private void Account(VmAreaStruct vma, long sign)
    {
        if (sign > 0)
            vma.CountedAs = vma.VmFlags;
        VmFlags flags = vma.CountedAs;
        ulong pages = unchecked((ulong)(sign * (long)(vma.Length >> PageGeometry.PageShift)));
        unchecked
        {
            TotalVm += pages;
            if ((flags & (VmFlags.Reserved | VmFlags.Io)) != 0)
                ReservedVm += pages;
            if (vma.VmFile is not null)
                SharedVm += pages;
            else if ((flags & VmFlags.GrowsDown) != 0)
                StackVm += pages;
            if ((flags & VmFlags.Locked) != 0)
                LockedVm += pages;
        }
    }
}
