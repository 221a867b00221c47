using System.Runtime.ExceptionServices;

namespace DriverKit.Primitives;

/// <summary>For teardown that must reach its end whatever driver code throws on the way: keeps the first exception for afterwards.</summary>
internal struct DeferredException
{
    private ExceptionDispatchInfo? _first;

    /// <summary>Runs a step; what it throws is kept.</summary>
    public void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            _first ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Throws the first exception that was kept.</summary>
    public readonly void ThrowIfAny() => _first?.Throw();
}
