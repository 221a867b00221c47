using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>struct mm_struct</c>: the address space of a process: its areas, its page tables and what they cost (<c>linux/sched.h</c>).</summary>
public sealed partial class MmStruct : IMmStruct
{
    private readonly Overcommit _overcommit;

    internal MmStruct(MemoryLayout layout, Overcommit overcommit, ResourceLimits limits, PhysicalAddress pgd, ulong mmapBase)
    {
        _overcommit = overcommit;
        Limits = limits;
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
    public ulong MmapBase { get; internal set; }

    /// <summary><c>mmap_is_legacy</c>: with a stack of no limit there is no room set aside for it, and maps go from a third of the address space up.</summary>
    internal bool IsLegacyLayout { get; init; }

    /// <summary><c>start_code</c>: where the program's text starts.</summary>
    public UserVirtualAddress StartCode { get; internal set; }

    /// <summary><c>end_code</c>.</summary>
    public UserVirtualAddress EndCode { get; internal set; }

    /// <summary><c>start_data</c>: where its initialised data start.</summary>
    public UserVirtualAddress StartData { get; internal set; }

    /// <summary><c>end_data</c>.</summary>
    public UserVirtualAddress EndData { get; internal set; }

    /// <summary><c>start_brk</c>: where the heap starts.</summary>
    public UserVirtualAddress StartBrk { get; internal set; }

    /// <summary><c>brk</c>: where the heap ends.</summary>
    public UserVirtualAddress Brk { get; internal set; }

    /// <summary><c>arg_start</c>: where the arguments' strings start, on the stack.</summary>
    public UserVirtualAddress ArgStart { get; internal set; }

    /// <summary><c>arg_end</c>, which is also where the environment's strings start.</summary>
    public UserVirtualAddress ArgEnd { get; internal set; }

    /// <summary><c>env_end</c>.</summary>
    public UserVirtualAddress EnvEnd { get; internal set; }

    /// <summary><c>saved_auxv</c>: the auxiliary vector that the program found on its stack, with the AT_NULL at its end; types are those of <c>linux/auxvec.h</c>.</summary>
    internal (ulong Type, ulong Value)[] SavedAuxv { get; set; } = [];

    /// <summary>The program sees the vsyscall page: true once the process has executed one.</summary>
    internal bool HasGate { get; set; }

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

    /// <summary><c>exec_vm</c>: pages in areas with code: executable, and neither writable nor a stack.</summary>
    public ulong ExecVm { get; private set; }

    /// <summary><c>data_vm</c>: pages in private writable areas that are no stack; what RLIMIT_DATA limits.</summary>
    public ulong DataVm { get; private set; }

    /// <inheritdoc/>
    public ulong FileRss { get; internal set; }

    /// <inheritdoc/>
    public ulong AnonRss { get; internal set; }

    /// <summary><c>MM_SHMEMPAGES</c>: resident pages of shared anonymous memory.</summary>
    public ulong ShmemRss { get; internal set; }

    /// <summary><c>MM_SWAPENTS</c>: anonymous pages that are in swap.</summary>
    public ulong SwapEntries { get; internal set; }

    /// <summary><c>get_mm_rss</c>: resident pages of every kind.</summary>
    public ulong Rss => FileRss + AnonRss + ShmemRss;

    /// <summary><c>hiwater_rss</c>: the most pages that were resident at one time.</summary>
    public ulong HiwaterRss
    {
        get => Math.Max(_hiwaterRss, Rss);
        internal set => _hiwaterRss = value;
    }

    /// <summary><c>hiwater_vm</c>: the largest <see cref="TotalVm"/> there has been.</summary>
    public ulong HiwaterVm
    {
        get => Math.Max(_hiwaterVm, TotalVm);
        internal set => _hiwaterVm = value;
    }

    /// <inheritdoc/>
    public ulong NrPtes { get; internal set; }

    /// <summary><c>mm_pgtables_bytes</c>: bytes of page tables of every level but the top one.</summary>
    public ulong PgtablesBytes { get; internal set; }

    /// <summary>Faults resolved without I/O since the address space was made (<c>min_flt</c>).</summary>
    public ulong MinorFaults { get; internal set; }

    /// <summary>Faults resolved with I/O since the address space was made (<c>maj_flt</c>).</summary>
    public ulong MajorFaults { get; internal set; }

    /// <summary>The areas in order of address (the list <c>mmap</c>).</summary>
    public IEnumerable<VmAreaStruct> Mmap => Vmas.InOrder();

    /// <summary>What the process that it belongs to may have.</summary>
    internal ResourceLimits Limits { get; set; }

    /// <summary><c>exe_file</c>: the program it runs; null until it has executed one.</summary>
    internal OpenFile? ExeFile { get; private set; }

    /// <summary><c>mm_users</c>: processes that share it (<c>clone(CLONE_VM)</c>).</summary>
    internal int MmUsers { get; set; } = 1;

    /// <summary><c>mmap_sem</c>: a lock of the floors above; null until somebody has taken it.</summary>
    internal object? MmapSem { get; set; }

    /// <summary>Kernel code that need not run for its process works on it: its tables must stay.</summary>
    internal bool IsHeld => _holders != 0;

    /// <summary><c>def_flags</c>: what new areas get beside what was asked for: VM_LOCKED after mlockall(MCL_FUTURE).</summary>
    internal VmFlags DefFlags { get; set; }

    /// <summary>The machine's layout; one object a machine, so it also tells whose address space this is.</summary>
    internal MemoryLayout Layout { get; }

    /// <summary>The area that a driver sees before it is linked: in its mmap handler, or its open for the new half of a split.</summary>
    internal VmAreaStruct? Unlinked { get; set; }

    internal VmaTree Vmas { get; } = new();

    /// <summary>The processor's translations of this address space, as if tagged with its number.</summary>
    internal Tlb Tlb { get; } = new();

    /// <summary><c>mmap_cache</c>: the area found or linked last.</summary>
    private VmAreaStruct? _mmapCache;

    private ulong _hiwaterRss;

    private ulong _hiwaterVm;
    private int _holders;

    /// <summary><c>get_task_mm</c>, as far as the OOM killer is concerned; with <see cref="LetGo"/> around work that may look for memory.</summary>
    internal void Hold() => _holders++;

    /// <summary><c>mmput</c>.</summary>
    internal void LetGo() => _holders--;

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

    /// <summary><c>set_mm_exe_file</c>: while it runs a program, nobody may write to the file (<c>deny_write_access</c>).</summary>
    internal void SetExeFile(OpenFile? file)
    {
        if (file is not null)
        {
            file.Get();
            file.Inode.IWritecount--;
        }

        if (ExeFile is { } old)
        {
            old.Inode.IWritecount++;
            old.Put();
        }

        ExeFile = file;
    }

    /// <summary>True while the area is part of the address space, or about to be.</summary>
    internal bool Has(VmAreaStruct vma) => vma == Unlinked || Vmas.Find(vma.VmStart) == vma;

    /// <summary>Adds an area and counts it (<c>vma_link</c>, <c>vm_stat_account</c>).</summary>
    internal void Link(VmAreaStruct vma)
    {
        Vmas.Insert(vma);
        vma.VmFile?.Inode.IMapping?.Link(vma);
        Account(vma, 1);
        _mmapCache = vma;
    }

    /// <summary>Takes an area out and off the counts, and out of the lists by which its pages find it.</summary>
    internal void Unlink(VmAreaStruct vma)
    {
        AnonVmas.Unlink(vma);
        vma.VmFile?.Inode.IMapping?.Unlink(vma);
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
}
