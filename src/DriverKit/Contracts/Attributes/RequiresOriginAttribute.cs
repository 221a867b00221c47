namespace DriverKit.Contracts;

/// <summary>On a parameter: the address must come from this part of the address space; anything else is a bug (DK2001).</summary>
/// <param name="origin">Where the address must come from.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RequiresOriginAttribute(AddressOrigin origin) : Attribute
{
    /// <summary>Where the address must come from.</summary>
    public AddressOrigin Origin { get; } = origin;

    /// <summary>The type that holds the function to call instead for a <c>vmalloc</c> address.</summary>
    public Type? VmallocAlternativeType { get; init; }

    /// <summary>The name of the function to call instead for a <c>vmalloc</c> address. The code fix puts it in place of the call.</summary>
    public string? VmallocAlternative { get; init; }
}
