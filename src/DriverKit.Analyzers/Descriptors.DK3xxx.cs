using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK3xxx: pages, mappings, memory lifetime.</content>
public static partial class Descriptors
{
    private const string MemoryLifetime = "DriverKit.MemoryLifetime";

    /// <summary>Something else than what was mapped is given to <c>kunmap</c> or <c>kunmap_atomic</c>.</summary>
    public static readonly DiagnosticDescriptor DK3001_KunmapWrongArgument = new(
        "DK3001",
        "Wrong argument to kunmap or kunmap_atomic",
        "{0} is given {1}: {2}",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "kunmap takes the page that was mapped, kunmap_atomic the address and the slot that kmap_atomic returned; with anything else the mapping stays, or another one goes.",
        HelpRoot + "DK3001.md");

    /// <summary>Slots of <c>kmap_atomic</c> given back out of order, or one taken while it is held.</summary>
    public static readonly DiagnosticDescriptor DK3002_KmapAtomicOrder = new(
        "DK3002",
        "kmap_atomic slots released out of order or taken twice",
        "{0}: {1}",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A slot maps one page, and slots are given back in the reverse of the order in which they were taken.",
        HelpRoot + "DK3002.md");

    /// <summary>A path that leaves with a page still mapped.</summary>
    public static readonly DiagnosticDescriptor DK3003_KmapNotReleased = new(
        "DK3003",
        "Page left mapped by kmap or kmap_atomic",
        "What {0} mapped here is still mapped when the path ends on line {1}: call {2} before it leaves",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Entries of kmap are few and shared by all, and a slot of kmap_atomic that stays held keeps preemption off.",
        HelpRoot + "DK3003.md");

    /// <summary>The address of a slot is kept where it outlives the slot.</summary>
    public static readonly DiagnosticDescriptor DK3004_KmapAtomicAddressEscapes = new(
        "DK3004",
        "kmap_atomic address kept beyond its slot",
        "The address that {0} returned on line {1} is {2}, and its slot is somebody else's by then: keep the page and the offset, or map it by Kmap",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The address is that of the slot, not of the page: after kunmap_atomic it leads to nothing, or to the page of the slot's next user.",
        HelpRoot + "DK3004.md");

    /// <summary>A slot that belongs to another context.</summary>
    public static readonly DiagnosticDescriptor DK3005_KmapSlotForContext = new(
        "DK3005",
        "kmap_atomic slot of another context",
        "KmType.{0}{1} is used in {2}: {3}",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The type of a slot says who may use it, and nothing else keeps its users apart.",
        HelpRoot + "DK3005.md");

    /// <summary>Memory, a mapping or an object used after it was released.</summary>
    public static readonly DiagnosticDescriptor DK3006_UseAfterRelease = new(
        "DK3006",
        "Memory used after its release",
        "{0} uses what {1} released on line {2}{3}: use it before it is released",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "What is released belongs to the next who asks for memory, often at once.",
        HelpRoot + "DK3006.md");

    /// <summary>Memory, a mapping or an object released twice.</summary>
    public static readonly DiagnosticDescriptor DK3007_DoubleRelease = new(
        "DK3007",
        "Memory released twice",
        "{0} releases what {1} released on line {2}: release it once on each path",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Between the two releases the memory may have been given to somebody else, who loses it; or the allocator gives it out twice.",
        HelpRoot + "DK3007.md");

    /// <summary>Memory given to a release function that does not belong to what allocated it.</summary>
    public static readonly DiagnosticDescriptor DK3008_AllocatorMismatch = new(
        "DK3008",
        "Memory released by another allocator's function",
        "{0} is given what {1} made{2}: {3}",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Each allocator finds its own book-keeping behind the address; another's memory, another order or another cache damages it.",
        HelpRoot + "DK3008.md");

    /// <summary>Something acquired that is neither released nor handed on along some path.</summary>
    public static readonly DiagnosticDescriptor DK3009_LeakOnPath = new(
        "DK3009",
        "Memory leaked on a path",
        "What {0} returned here is neither released nor handed on when the path ends on line {1}: release it by {2} before it leaves",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Nothing collects garbage in the kernel: what a driver loses stays lost until the machine is started again.",
        HelpRoot + "DK3009.md");

    /// <summary>Memory freed while a process may map it by frame number.</summary>
    public static readonly DiagnosticDescriptor DK3010_PageFreedWhileMapped = new(
        "DK3010",
        "Page freed while a process may map it",
        "{0} frees memory that a process may still reach: {1}; free it when the last mapping is gone",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A mapping by frame number holds no reference: the page goes to its next owner, and the process reads and writes it there.",
        HelpRoot + "DK3010.md");

    /// <summary>A page freed with <c>PG_reserved</c> set.</summary>
    public static readonly DiagnosticDescriptor DK3012_ReservedPageFreed = new(
        "DK3012",
        "Page freed with PG_reserved set",
        "{0} frees a page with PG_reserved, which {1}: call ClearPageReserved before",
        MemoryLifetime,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A reserved page is not the memory management's: the allocator reports bad page state and drops it.",
        HelpRoot + "DK3012.md");
}
