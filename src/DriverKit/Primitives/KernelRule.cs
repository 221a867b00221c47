namespace DriverKit.Primitives;

/// <summary>A rule that the running kernel enforces. The analyzers have the same id with the same title and the same page.</summary>
/// <param name="Id">The rule's id, <c>DK####</c>.</param>
/// <param name="Title">The rule's title, word for word the analyzer's.</param>
public sealed record KernelRule(string Id, string Title)
{
    /// <summary>DK1001: a function that may sleep was called with preemption or interrupts off, or with a spinlock held.</summary>
    public static KernelRule SleepInAtomicContext { get; } = new("DK1001", "Function that may sleep called in atomic context");

    /// <summary>DK1002: a function that may sleep was called between <c>kmap_atomic</c> and <c>kunmap_atomic</c>.</summary>
    public static KernelRule SleepWhileHoldingKmapAtomic { get; } = new("DK1002", "Function that may sleep called while holding a kmap_atomic slot");

    /// <summary>DK1003: an allocation whose flags let it sleep, in atomic context.</summary>
    public static KernelRule SleepingAllocationInAtomicContext { get; } = new("DK1003", "Allocation that may sleep in atomic context");

    /// <summary>DK1004: an access to user memory that may fault, in atomic context.</summary>
    public static KernelRule UserAccessInAtomicContext { get; } = new("DK1004", "User memory accessed in atomic context");

    /// <summary>DK1005: a handler, a softirq, a tasklet or a timer function called what may sleep.</summary>
    public static KernelRule SleepInInterruptHandler { get; } = new("DK1005", "Function that may sleep called in interrupt context");

    /// <summary>DK1006: preemption or bottom halves were turned off and not on again, or on without having been off.</summary>
    public static KernelRule AtomicDepthImbalance { get; } = new("DK1006", "Count of disabled preemption, bottom halves or interrupts out of balance");

    /// <summary>DK2001: <c>virt_to_page</c>, <c>__pa</c> or <c>virt_to_phys</c> was given an address outside directly mapped low memory.</summary>
    public static KernelRule VirtToPageOnNonLogicalAddress { get; } = new("DK2001", "Address outside low memory given to a function for logical addresses");

    /// <summary>DK2002: a number that belongs to one kind of address was used as another.</summary>
    public static KernelRule AddressKindsMixed { get; } = new("DK2002", "Address of one kind used as another");

    /// <summary>DK2006: <c>__va</c> or <c>phys_to_virt</c> was given the address of high memory or of a device.</summary>
    public static KernelRule VaOnHighMemory { get; } = new("DK2006", "Physical address above low memory converted by __va");

    /// <summary>DK2007: the kernel followed a pointer into the process that runs.</summary>
    public static KernelRule UserPointerDereferenced { get; } = new("DK2007", "User address dereferenced by the kernel");

    /// <summary>DK2008: a user copy was given a user address where the kernel's belongs.</summary>
    public static KernelRule UserCopyArgumentsSwapped { get; } = new("DK2008", "Arguments of a user copy swapped");

    /// <summary>DK2009: the registers of a device were accessed as if they were memory.</summary>
    public static KernelRule IoMemoryDereferenced { get; } = new("DK2009", "I/O memory accessed by plain loads and stores");

    /// <summary>DK3001: <c>kunmap</c> got another page, or <c>kunmap_atomic</c> another address or slot, than was mapped.</summary>
    public static KernelRule KunmapWrongArgument { get; } = new("DK3001", "Wrong argument to kunmap or kunmap_atomic");

    /// <summary>DK3002: a slot of <c>kmap_atomic</c> was taken while it mapped another page.</summary>
    public static KernelRule KmapAtomicOrder { get; } = new("DK3002", "kmap_atomic slots released out of order or taken twice");

    /// <summary>DK3003: a call or a thread has ended with a slot of <c>kmap_atomic</c> held.</summary>
    public static KernelRule KmapNotReleased { get; } = new("DK3003", "Page left mapped by kmap or kmap_atomic");

    /// <summary>DK3006: memory, a page or a cache was used after it had been given back.</summary>
    public static KernelRule UseAfterRelease { get; } = new("DK3006", "Memory used after its release");

    /// <summary>DK3007: it was given back already.</summary>
    public static KernelRule DoubleRelease { get; } = new("DK3007", "Memory released twice");

    /// <summary>DK3008: it was given back to another allocator, to another cache, or with another order.</summary>
    public static KernelRule AllocatorMismatch { get; } = new("DK3008", "Memory released by another allocator's function");

    /// <summary>DK3010: a page was freed that a process maps.</summary>
    public static KernelRule PageFreedWhileMapped { get; } = new("DK3010", "Page freed while a process may map it");

    /// <summary>DK3012: a page was freed with <c>PG_reserved</c> set.</summary>
    public static KernelRule ReservedPageFreed { get; } = new("DK3012", "Page freed with PG_reserved set");

    /// <summary>DK3013: a module is gone, and memory that its code has allocated is not. No analyzer has this rule: see DK3009, DK8002 and DK8003 for what a compiler can see of it.</summary>
    public static KernelRule LeakedAtUnload { get; } = new("DK3013", "Memory still live when the module leaves");

    /// <summary>DK4004: <c>nopage</c> returned a page to which nobody has a reference any more.</summary>
    public static KernelRule NopageWithoutGetPage { get; } = new("DK4004", "Page returned by nopage without a reference");

    /// <summary>DK4005: <c>vm_insert_pfn</c> into an area that is not VM_PFNMAP, or is private and writable.</summary>
    public static KernelRule InsertPfnContract { get; } = new("DK4005", "vm_insert_pfn in an area that does not allow it");

    /// <summary>DK4008: <c>remap_pfn_range</c>, outside of the mmap handler, over what is mapped already.</summary>
    public static KernelRule RemapOutsideMmap { get; } = new("DK4008", "remap_pfn_range outside the mmap handler");

    /// <summary>DK4010: a protection that no entry of the area can have.</summary>
    public static KernelRule ProtectionNotFromVma { get; } = new("DK4010", "Protection that is not derived from the area's");

    /// <summary>DK4014: a frame number beyond the physical address space, as an address is.</summary>
    public static KernelRule PfnArgumentIsAddress { get; } = new("DK4014", "Address where a page frame number belongs");

    /// <summary>DK4015: <c>nopage</c> asked again and again for another try.</summary>
    public static KernelRule NopageRefaultsOnError { get; } = new("DK4015", "Fault answered with a retry although nothing was installed");

    /// <summary>DK7001: the task or the processor holds the lock already.</summary>
    public static KernelRule DoubleLock { get; } = new("DK7001", "Lock taken that is already held");

    /// <summary>DK7002: a lock was given back by somebody who does not hold it.</summary>
    public static KernelRule UnlockNotHeld { get; } = new("DK7002", "Lock given back that is not held");

    /// <summary>DK7003: a call or a thread has ended with a spinlock or rwlock held.</summary>
    public static KernelRule LockNotReleasedOnPath { get; } = new("DK7003", "Lock not given back on a path");

    /// <summary>DK7004: tasks wait in a circle, each for what the next one holds.</summary>
    public static KernelRule LockOrderInversion { get; } = new("DK7004", "Locks taken in two orders");

    /// <summary>DK7005: an interrupt wants a lock that what it has interrupted holds.</summary>
    public static KernelRule LockUnsafeAgainstInterrupt { get; } = new("DK7005", "Lock that an interrupt takes, taken with interrupts on");

    /// <summary>DK7006: interrupt flags were restored that had never been saved.</summary>
    public static KernelRule IrqFlagsMisused { get; } = new("DK7006", "Saved interrupt flags misused");

    /// <summary>DK8002: what a module has registered was used after the module was gone.</summary>
    public static KernelRule NotUnregistered { get; } = new("DK8002", "Registration or memory of Init not taken back in Exit");

    /// <summary>DK8003: what a module has registered was used after its Init had failed.</summary>
    public static KernelRule InitUnwindMissing { get; } = new("DK8003", "Failing Init leaves earlier steps in place");

    /// <summary>DK8005: a reference was given back, or taken, when there was none.</summary>
    public static KernelRule ReferenceImbalance { get; } = new("DK8005", "References taken and given back unequally");

    /// <summary>DK8007: an interrupt came for a handler whose module is gone.</summary>
    public static KernelRule IrqNotFreed { get; } = new("DK8007", "Interrupt line not freed");

    /// <summary>DK8010: a task sleeps in <c>sleep_on</c>, and nobody is left to wake it.</summary>
    public static KernelRule WaitConditionUnlocked { get; } = new("DK8010", "Sleep that can miss its wake-up");

    /// <summary>All rules with a check in the running kernel, in the order of their ids.</summary>
    public static IReadOnlyList<KernelRule> All { get; } =
    [
        SleepInAtomicContext, SleepWhileHoldingKmapAtomic, SleepingAllocationInAtomicContext, UserAccessInAtomicContext, SleepInInterruptHandler,
        AtomicDepthImbalance,
        VirtToPageOnNonLogicalAddress, AddressKindsMixed, VaOnHighMemory, UserPointerDereferenced, UserCopyArgumentsSwapped, IoMemoryDereferenced,
        KunmapWrongArgument, KmapAtomicOrder, KmapNotReleased, UseAfterRelease, DoubleRelease, AllocatorMismatch, PageFreedWhileMapped,
        ReservedPageFreed, LeakedAtUnload,
        NopageWithoutGetPage, InsertPfnContract, RemapOutsideMmap, ProtectionNotFromVma, PfnArgumentIsAddress, NopageRefaultsOnError,
        DoubleLock, UnlockNotHeld, LockNotReleasedOnPath, LockOrderInversion, LockUnsafeAgainstInterrupt, IrqFlagsMisused,
        NotUnregistered, InitUnwindMissing, ReferenceImbalance, IrqNotFreed, WaitConditionUnlocked,
    ];

    /// <summary>The rule's page in the documentation.</summary>
    public string DocumentationPage => $"docs/rules/{Id}.md";
}
