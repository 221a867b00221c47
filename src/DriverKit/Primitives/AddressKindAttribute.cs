namespace DriverKit.Primitives;

/// <summary>Marks a type as an address and names its kind. The analyzers read the kinds from here (DK2002): a number taken out of one
/// kind may not be made into another.</summary>
/// <param name="kind">The kind in words, as diagnostics print it.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class AddressKindAttribute(string kind) : Attribute
{
    /// <summary>The kind in words.</summary>
    public string Kind { get; } = kind;
}
