using System.Runtime.ExceptionServices;

namespace DriverKit.Primitives;

/// <summary>A clean-up that runs to its end whatever a driver's callbacks do wrong on the way, and throws the first bug when all is done.</summary>
/// <remarks>When the machine is switched off in the middle of it there is nothing left to clean up: the steps that remain are left out.</remarks>
internal struct FirstBug
{
    private ExceptionDispatchInfo? _bug;
    private ExceptionDispatchInfo? _powerOff;

    /// <summary>Remembers a bug, unless there was one before.</summary>
    public void Note(KernelOopsException bug) => _bug ??= ExceptionDispatchInfo.Capture(bug);

    /// <summary>Runs a step and remembers what it throws.</summary>
    public void Try(Action step)
    {
        if (_powerOff is not null)
            return;
        try
        {
            step();
        }
        catch (FiberAbortedException exception)
        {
            _powerOff = ExceptionDispatchInfo.Capture(exception);
        }
        catch (Exception exception)
        {
            _bug ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Throws the first bug with the stack it was found on; does nothing if there was none.</summary>
    public readonly void Throw() => (_powerOff ?? _bug)?.Throw();
}
