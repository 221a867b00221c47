namespace DriverKit.Contracts;

/// <summary>The context in which the kernel calls a function of a driver (klint's annotation of function pointers; "Context:" of kernel-doc).</summary>
/// <remarks>On a delegate type: all functions of that type. On a parameter, a property or a field of a delegate type: what is stored there, whatever its type says. On a virtual method: all that
/// override it. The analyzers find a driver's entries by it (DK1005, DK1007, DK1009, DK3005, DK7005).</remarks>
/// <param name="context">Where it is called from.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate | AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CalledInAttribute(CallContext context) : Attribute
{
    /// <summary>Where it is called from.</summary>
    public CallContext Context { get; } = context;
}
