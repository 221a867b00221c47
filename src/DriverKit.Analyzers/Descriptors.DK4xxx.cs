using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK4xxx: the mmap and VMA contract.</content>
public static partial class Descriptors
{
    private const string Mmap = "DriverKit.Mmap";

    /// <summary>A range mapped without a check of the length and the offset that a process chose.</summary>
    public static readonly DiagnosticDescriptor DK4001_MmapRangeNotChecked = Mapping(
        "DK4001",
        "Mapping of as many bytes as a process asks for, without a check",
        "A process maps as much as it likes{1}, as {0} has been compared with nothing: compare both with the size of the device, in pages, and answer -EINVAL",
        "A process chooses the length and the offset of a map. What is behind the device's memory is other devices, or the kernel.");

    /// <summary>A range check that adds offset and length.</summary>
    public static readonly DiagnosticDescriptor DK4002_MmapRangeCheckOverflows = Mapping(
        "DK4002",
        "Range check of a mapping that can wrap",
        "The sum of the area's offset and length in bytes can wrap{0}, and is small then: compare the offset with the size first, and the length with what is left of it",
        "The offset of a map is a number of pages that a process makes up; in bytes, and with the length added, it can pass 2^64.");

    /// <summary>An offset that a map or a fault does not go by.</summary>
    public static readonly DiagnosticDescriptor DK4003_VmPgoffIgnored = Mapping(
        "DK4003",
        "Offset of a mapping ignored",
        "{0}, wherever in the file the area begins: go by vma.VmPgoff, which a split moves along, or turn away what does not begin at 0",
        "An area begins at its offset in the file. After a split that is not the offset it was mapped with.");

    /// <summary>A page that nopage returns and the driver keeps, without a reference.</summary>
    public static readonly DiagnosticDescriptor DK4004_NopageWithoutGetPage = Mapping(
        "DK4004",
        "Page returned by nopage without a reference",
        "The driver keeps this page ({0}), and the page-table entry takes over a reference that nobody took: call GetPage before it is returned",
        "The kernel drops a reference when the page is unmapped. Without one of its own the driver loses the page while it uses it.");

    /// <summary><c>vm_insert_pfn</c> against its contract.</summary>
    public static readonly DiagnosticDescriptor DK4005_InsertPfnContract = Mapping(
        "DK4005",
        "vm_insert_pfn in an area that does not allow it",
        "VmInsertPfn {0}{1}",
        "vm_insert_pfn enters frames that the kernel does not count: only into an area that is marked for it, and no copy-on-write map.");

    /// <summary>A close without the open that it undoes.</summary>
    public static readonly DiagnosticDescriptor DK4006_VmOpsCloseWithoutOpen = Mapping(
        "DK4006",
        "Close of an area undoes what its open never does",
        "Close gives something back for every area, and {0} when an area is copied: fork and every split call Open, and both areas are closed; take it in Open",
        "An area can become two, which share its private data and are closed one by one.");

    /// <summary>The first area, which the kernel does not open.</summary>
    public static readonly DiagnosticDescriptor DK4007_FirstOpenForgotten = Mapping(
        "DK4007",
        "Open of a new area forgotten",
        "Close counts down for this area and nobody has counted up: the kernel calls Open for copies only, so call {0} for the first one",
        "The kernel does not call open for the area that it hands to the mmap handler, but it calls close for it.");

    /// <summary><c>remap_pfn_range</c> elsewhere than in mmap.</summary>
    public static readonly DiagnosticDescriptor DK4008_RemapOutsideMmap = Mapping(
        "DK4008",
        "remap_pfn_range outside the mmap handler",
        "{0} changes the area and is reached{1} from {2}: map the range in the mmap handler, or single pages by nopage, VmInsertPage or VmInsertPfn",
        "remap_pfn_range needs the area to itself, which only the mmap handler has.");

    /// <summary><c>remap_pfn_range</c> over the driver's own pages.</summary>
    public static readonly DiagnosticDescriptor DK4009_RemapOfUnreservedRam = Mapping(
        "DK4009",
        "remap_pfn_range over memory that is not reserved",
        "{0} maps memory from {1} on line {2}, which is the kernel's to manage: use VmInsertPage or nopage, or SetPageReserved for each page",
        "Up to 2.6.14 remap_pfn_range left such pages out, and the process read zeros. Since then it maps them without counting.");

    /// <summary>A protection that the process did not ask for.</summary>
    public static readonly DiagnosticDescriptor DK4010_ProtectionNotFromVma = Mapping(
        "DK4010",
        "Protection that is not derived from the area's",
        "{0} is given a protection{1} that says nothing of what the process may do: start from vma.VmPageProt",
        "A constant in place of the area's protection makes a map writable that was opened and mapped for reading.");

    /// <summary>A protection that comes too late.</summary>
    public static readonly DiagnosticDescriptor DK4011_NoncachedTooLate = Mapping(
        "DK4011",
        "Protection of an area changed after it was mapped",
        "The entries of the page table are made already{0}, with the protection from before: assign vma.VmPageProt first, then map",
        "Page-table entries are made when the range is mapped; what is put into the area afterwards changes none of them.");

    /// <summary>An area that looks like ordinary memory.</summary>
    public static readonly DiagnosticDescriptor DK4012_DeviceMappingFlagsMissing = Mapping(
        "DK4012",
        "Area of a nopage driver not marked as a driver's",
        "The area is served by nopage, and on some path nothing tells it from ordinary memory: set vma.VmFlags |= VmFlags.Reserved, or DontExpand or Io",
        "Without a mark the area is merged with its neighbours and grows by mremap, and the driver does not hear of it.");

    /// <summary>A page in the middle of a block.</summary>
    public static readonly DiagnosticDescriptor DK4013_InsertPageOfTailPage = Mapping(
        "DK4013",
        "Single page of a block mapped that is not compound",
        "This may be a page in the middle of the block from {0} on line {1}, which has no reference count of its own: allocate with GfpFlags.Comp, or single pages",
        "Of a block that is not compound only the first page is counted; a page from its middle is freed when it is unmapped.");

    /// <summary>An address in place of a frame number.</summary>
    public static readonly DiagnosticDescriptor DK4014_PfnArgumentIsAddress = Mapping(
        "DK4014",
        "Address where a page frame number belongs",
        "{0} wants the number of a frame{1}, and this is a number of bytes: use ToPfn(), or shift it right by PageShift",
        "A frame number is a physical address divided by the size of a page.");

    /// <summary>A fault that repeats for ever.</summary>
    public static readonly DiagnosticDescriptor DK4015_NopageRefaultsOnError = Mapping(
        "DK4015",
        "Fault answered with a retry although nothing was installed",
        "Refault says that the entry is there now, but {0} and nothing has been installed, so that the process faults for ever: answer Sigbus, or Oom without memory",
        "The kernel lets the process try again. If there still is no entry it faults again, for ever.");

    private static DiagnosticDescriptor Mapping(string id, string title, string message, string description) =>
        new(id, title, message, Mmap, DiagnosticSeverity.Warning, isEnabledByDefault: true, description, $"{HelpRoot}{id}.md");
}
