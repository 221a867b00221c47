namespace DriverKit.Contracts;

/// <summary>A process chooses the value, so it may be any (smatch's user data).</summary>
/// <remarks>On a parameter of a delegate type: what the driver's function is given. On an <c>out</c> parameter, a span or an address: what the call stores there. On a return value or a property: that.
/// It must be compared with a bound before it counts or indexes anything (DK5004).</remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Property)]
public sealed class FromUserAttribute : Attribute;
