using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK2xxx: address types.</content>
public static partial class Descriptors
{
    private const string AddressTypes = "DriverKit.AddressTypes";

    /// <summary>An address outside low memory handed to <c>virt_to_page</c> and its kin.</summary>
    public static readonly DiagnosticDescriptor DK2001_VirtToPageOnNonLogicalAddress = new(
        "DK2001",
        "Address outside low memory given to a function for logical addresses",
        "{0} needs an address from {1}, and this one comes from {2} on line {3}{4}: {5}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Only directly mapped low memory has a constant offset from physical memory; for any other address the computed page or physical address is wrong.",
        HelpRoot + "DK2001.md");

    /// <summary>A number of one kind of address used as another kind.</summary>
    public static readonly DiagnosticDescriptor DK2002_AddressKindsMixed = new(
        "DK2002",
        "Address of one kind used as another",
        "The number of {0} address, taken on line {1}, is {2} {3} address{4}: {5}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Every kind of address has its own numbers; a number means nothing outside the kind it was taken from.",
        HelpRoot + "DK2002.md");

    /// <summary>A physical or kernel address given to a device, or a bus address taken for a physical one.</summary>
    public static readonly DiagnosticDescriptor DK2003_PhysicalAddressGivenToDevice = new(
        "DK2003",
        "Processor's address given to a device",
        "The number of {0} address, taken on line {1}, is {2}{3}: {4}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Only the DMA mapping functions know under which address a device sees memory; the processor's own addresses are right by luck alone.",
        HelpRoot + "DK2003.md");

    /// <summary>Bytes, pages and frame numbers confused.</summary>
    public static readonly DiagnosticDescriptor DK2004_AddressUnitMixed = new(
        "DK2004",
        "Bytes, pages and frames mixed",
        "{0}: {1}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "vm_pgoff and frame numbers count pages, lengths and addresses count bytes; between the two lies a shift by PAGE_SHIFT.",
        HelpRoot + "DK2004.md");

    /// <summary><c>page_address</c> of a page that has no address.</summary>
    public static readonly DiagnosticDescriptor DK2005_PageAddressOnHighMemory = new(
        "DK2005",
        "Address of a high memory page taken without a mapping",
        "PageAddress gives null for a page of high memory, and {0} on line {1} may give one{2}: map the page with Kmap, or allocate it without HighMem",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A page of high memory has an address in the kernel only while kmap has mapped it.",
        HelpRoot + "DK2005.md");

    /// <summary><c>__va</c> of an address that is not directly mapped.</summary>
    public static readonly DiagnosticDescriptor DK2006_VaOnHighMemory = new(
        "DK2006",
        "Physical address above low memory converted by __va",
        "{0} is for low memory, and this address {1}{2}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Only low memory is directly mapped; for any other physical address the computed address is that of something else.",
        HelpRoot + "DK2006.md");

    /// <summary>A user address followed by the kernel as it is.</summary>
    public static readonly DiagnosticDescriptor DK2007_UserPointerDereferenced = new(
        "DK2007",
        "User address dereferenced by the kernel",
        "{0} is given {1}{2}, and follows it unchecked: {3}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A process chooses its addresses freely, and their pages may be missing; only the user-access functions check the one and bring in the other.",
        HelpRoot + "DK2007.md");

    /// <summary>A kernel address where the user's belongs, or the reverse.</summary>
    public static readonly DiagnosticDescriptor DK2008_UserCopyArgumentsSwapped = new(
        "DK2008",
        "Arguments of a user copy swapped",
        "{0} is given {1} in the wrong place{2}: {3}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The copy functions check the user's side and follow the kernel's; swapped, they refuse the one and follow the other unchecked.",
        HelpRoot + "DK2008.md");

    /// <summary>Registers accessed as if they were memory.</summary>
    public static readonly DiagnosticDescriptor DK2009_IoMemoryDereferenced = new(
        "DK2009",
        "I/O memory accessed by plain loads and stores",
        "{0} is given {1}{2}, and registers are no memory: {3}",
        AddressTypes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Registers want one access of the right width, in order; a plain load or store promises none of that.",
        HelpRoot + "DK2009.md");
}
