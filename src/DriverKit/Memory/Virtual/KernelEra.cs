namespace DriverKit.Memory.Virtual;

/// <summary>Which kernel's rules apply where they changed. <c>docs/eras.md</c> lists the differences.</summary>
public enum KernelEra
{
    /// <summary>Linux 2.6.11, the kernel of the driver book's third edition, in its system calls on memory too.</summary>
    Linux2611,

    /// <summary>Linux 2.6.20, with <c>vm_insert_pfn</c>, for drivers; today's manual pages for system calls. The default.</summary>
    Linux2620,
}

/// <summary>All behaviours that depend on the era, in one place. Each is asked in one place, has a line in <c>docs/eras.md</c> and a test in EraTests.</summary>
internal static class EraRules
{
    /// <summary>Before 2.6.15, <c>remap_pfn_range</c> leaves frames of RAM that are not PG_reserved without an entry, and still returns 0.</summary>
    /// <remarks>Source: <c>remap_pte_range</c>, mm/memory.c.</remarks>
    public static bool RemapSkipsUnreservedRam(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Since 2.6.15, <c>remap_pfn_range</c> marks the area VM_PFNMAP. Without the mark mremap() lets the area grow in place, and madvise(MADV_DONTNEED)
    /// takes its entries away; what was not mapped by the driver is zeroed memory at the next touch.</summary>
    /// <remarks>Source: <c>remap_pfn_range</c>, mm/memory.c; <c>do_mremap</c>, mm/mremap.c; <c>madvise_dontneed</c>, mm/madvise.c.</remarks>
    public static bool RemapMarksPfnMap(KernelEra era) => era != KernelEra.Linux2611;

    /// <summary>Before 2.6.15, a store to a private page of device memory that a load has mapped kills the process: there is no page to copy.</summary>
    /// <remarks>Source: <c>do_wp_page</c>, mm/memory.c.</remarks>
    public static bool CopyOnWriteNeedsAPage(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, mmap() of a file without an mmap operation answered ENODEV before it looked at anything else; today the checks of the access mode come first.</summary>
    /// <remarks>Source: <c>do_mmap_pgoff</c>, mm/mmap.c.</remarks>
    public static bool MmapAsksForTheOperationFirst(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, mmap() of length 0 mapped nothing and returned the address it was given; today EINVAL.</summary>
    /// <remarks>Source: <c>do_mmap_pgoff</c>, mm/mmap.c; mmap(2): since 2.6.12 EINVAL.</remarks>
    public static bool MmapOfNothingSucceeds(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, mmap() answered EINVAL to a length above the address space and to an offset that wraps; today ENOMEM and EOVERFLOW.</summary>
    /// <remarks>Source: <c>do_mmap_pgoff</c>, mm/mmap.c.</remarks>
    public static bool MmapOfTooMuchIsInvalid(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, mlock() of memory that the process may not touch answered EFAULT; today ENOMEM. The area is locked all the same.</summary>
    /// <remarks>Source: <c>mlock_fixup</c>, mm/mlock.c; <c>make_pages_present</c>, mm/memory.c.</remarks>
    public static bool MlockReportsTheFault(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>From 2.6.9 to 5.15, a process could lock 32 KiB at first, or twice that; today 8 MiB.</summary>
    /// <remarks>Source: <c>MLOCK_LIMIT</c>, linux/resource.h; getrlimit(2).</remarks>
    public static bool MlockLimitIsEightPages(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, mincore() answered ENOMEM to memory without a file; today it says of each page whether it is there.</summary>
    /// <remarks>Source: <c>mincore_vma</c>, mm/mincore.c; mincore(2).</remarks>
    public static bool MincoreNeedsAFile(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, madvise(MADV_WILLNEED) answered EBADF to memory without a file; today it reads pages back from swap.</summary>
    /// <remarks>Source: <c>madvise_willneed</c>, mm/madvise.c; madvise(2).</remarks>
    public static bool WillNeedNeedsAFile(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, a process could have 65,536 areas by default; today 65,530, so that a core dump can number them all.</summary>
    /// <remarks>Source: <c>DEFAULT_MAX_MAP_COUNT</c>, linux/sched.h.</remarks>
    public static bool MaxMapCountIsTwoToThe16(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, /proc/PID/maps showed the address of private memory without a file as its offset; today 0. (2.6.20 did so too, but its maps are today's here.)</summary>
    /// <remarks>Source: <c>show_map</c>, fs/proc/task_mmu.c.</remarks>
    public static bool MapsShowAddressAsOffset(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Once, /proc/PID/maps had no names such as [heap] and [stack].</summary>
    /// <remarks>Source: <c>show_map</c>, fs/proc/task_mmu.c.</remarks>
    public static bool MapsNameFilesOnly(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>Before 2.6.17 there was no splice(), tee() and vmsplice(): ENOSYS. Today they work as their manual pages say: between two pipes too, not to a file opened with O_APPEND,
    /// and vmsplice() on the end of a pipe to read from copies.</summary>
    /// <remarks>Source: fs/splice.c; splice(2).</remarks>
    public static bool SpliceIsMissing(KernelEra era) => era == KernelEra.Linux2611;
}
