using System.Runtime.ExceptionServices;

namespace DriverKit.Primitives;

/// <summary>A clean-up that runs to its end whatever a driver's callbacks do wrong on the way, and throws the first bug when all is done.</summary>
internal struct FirstBug
{
    private ExceptionDispatchInfo? _bug;

    /// <summary>Remembers a bug, unless there was one before.</summary>
    public void Note(Exception exception) => _bug ??= ExceptionDispatchInfo.Capture(exception);

    /// <summary>Runs a step and remembers what it throws.</summary>
    public void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            Note(exception);
        }
    }

    /// <summary>Throws the first bug with the stack it was found on; does nothing if there was none.</summary>
    public readonly void Throw() => _bug?.Throw();
}
