namespace DriverKit.Contracts;

/// <summary>On a return value: the address comes from this part of the address space. Write it as <c>[return: ReturnsOrigin(…)]</c>.</summary>
/// <param name="origin">Where the address comes from.</param>
[AttributeUsage(AttributeTargets.ReturnValue)]
public sealed class ReturnsOriginAttribute(AddressOrigin origin) : Attribute
{
    /// <summary>Where the address comes from.</summary>
    public AddressOrigin Origin { get; } = origin;
}
