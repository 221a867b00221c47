namespace DriverKit.Primitives;

/// <summary>What every address type has: a number of bytes. Code that is generic over addresses is rare; drivers name the type.</summary>
public interface IAddress
{
    /// <summary>The address as a plain number, in bytes.</summary>
    ulong Value { get; }
}
