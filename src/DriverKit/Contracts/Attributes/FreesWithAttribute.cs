namespace DriverKit.Contracts;

/// <summary>On a parameter: the call gives the argument back; afterwards it is not the caller's any more (Clang's <c>ownership_takes</c>, smatch's tables of frees).</summary>
/// <remarks>It must have come from the same allocator (DK3008), once (DK3007), and must not be used again (DK3006). Several such attributes on one parameter: from any of these.</remarks>
/// <param name="allocator">Whom it is given back to.</param>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class FreesWithAttribute(Allocator allocator) : Attribute
{
    /// <summary>Whom it is given back to.</summary>
    public Allocator Allocator { get; } = allocator;

    /// <summary>Null and address 0 are fine, and nothing happens (<c>kfree(NULL)</c>).</summary>
    public bool AllowsNull { get; init; }

    /// <summary>The name of another parameter that both sides must agree on, as in <see cref="AllocatesWithAttribute.KeyParameter"/>.</summary>
    public string? KeyParameter { get; init; }
}
