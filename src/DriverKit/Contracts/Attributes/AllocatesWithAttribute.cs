namespace DriverKit.Contracts;

/// <summary>The call hands out something that must be given back (gcc's <c>malloc(deallocator)</c>, Clang's <c>ownership_returns</c>).</summary>
/// <remarks>On a return value, written <c>[return: AllocatesWith(…)]</c>: the result is new; null or address 0 is none. On a parameter: when the call succeeds (its result is no errno and not
/// null), the argument is registered, or one more reference to it is held; on an <c>out</c> parameter it is what comes out. Who gives it back, or hands it on, is done with it
/// (DK3006 to DK3009, DK8002, DK8003, DK8005, DK8007).</remarks>
/// <param name="allocator">Who has handed it out.</param>
[AttributeUsage(AttributeTargets.ReturnValue | AttributeTargets.Parameter)]
public sealed class AllocatesWithAttribute(Allocator allocator) : Attribute
{
    /// <summary>Who has handed it out.</summary>
    public Allocator Allocator { get; } = allocator;

    /// <summary>The name of another parameter that both sides must agree on: the order of pages, the cache of an object, the device id of an interrupt. Null: there is none; of
    /// <see cref="Contracts.Allocator.Pages"/>, the order is 0.</summary>
    public string? KeyParameter { get; init; }
}
