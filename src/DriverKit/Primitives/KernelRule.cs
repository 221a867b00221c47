namespace DriverKit.Primitives;

/// <summary>A rule that the running kernel enforces. The analyzers have the same id with the same title and the same page.</summary>
/// <param name="Id">The rule's id, <c>DK####</c>.</param>
/// <param name="Title">The rule's title, word for word the analyzer's.</param>
public sealed record KernelRule(string Id, string Title)
{
    /// <summary>DK1002: a function that may sleep was called between <c>kmap_atomic</c> and <c>kunmap_atomic</c>.</summary>
    public static KernelRule SleepWhileHoldingKmapAtomic { get; } = new("DK1002", "Function that may sleep called while holding a kmap_atomic slot");

    /// <summary>DK2001: <c>virt_to_page</c>, <c>__pa</c> or <c>virt_to_phys</c> was given an address outside directly mapped low memory.</summary>
    public static KernelRule VirtToPageOnNonLogicalAddress { get; } = new("DK2001", "Address outside low memory given to a function for logical addresses");

    /// <summary>DK2002: a number that belongs to one kind of address was used as another.</summary>
    public static KernelRule AddressKindsMixed { get; } = new("DK2002", "Address of one kind used as another");

    /// <summary>All rules with a check in the running kernel.</summary>
    public static IReadOnlyList<KernelRule> All { get; } = [SleepWhileHoldingKmapAtomic, VirtToPageOnNonLogicalAddress, AddressKindsMixed];

    /// <summary>The rule's page in the documentation.</summary>
    public string DocumentationPage => $"docs/rules/{Id}.md";
}
