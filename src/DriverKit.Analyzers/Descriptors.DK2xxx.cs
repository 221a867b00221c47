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
}
