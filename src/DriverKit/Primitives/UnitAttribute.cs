namespace DriverKit.Primitives;

/// <summary>What a number counts: two of different units are not added, compared or stored for one another without a shift by PAGE_SHIFT (DK2004; smatch's check_units).
/// For a result, write it as <c>[return: Unit(…)]</c>.</summary>
/// <remarks>It is on this floor, beside <see cref="AddressKindAttribute"/>, because <see cref="Pfn"/> has it.</remarks>
/// <param name="unit">The unit.</param>
[AttributeUsage(AttributeTargets.ReturnValue | AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class UnitAttribute(AddressUnit unit) : Attribute
{
    /// <summary>The unit.</summary>
    public AddressUnit Unit { get; } = unit;
}
