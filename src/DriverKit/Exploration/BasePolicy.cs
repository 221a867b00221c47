using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>What happens where nobody deviates: everybody in turn, a slice each; device interrupts at once; nothing injected. A schedule is told by where it differs from this.</summary>
internal sealed class BasePolicy
{
    /// <summary>Choices in a row a task may go on, so that one that spins without saying so does not spin for ever.</summary>
    private const int Slice = 1000;

    private readonly RoundRobin _roundRobin = new();
    private int _goneOn;

    public int Choose(in SchedulingPoint point)
    {
        bool goesOn = point.Reason == SchedulingReason.Point && point.Choices[0].Kind == ChoiceKind.Continue && _goneOn < Slice;
        return goesOn && !HasDeviceInterrupt(point) ? 0 : _roundRobin.Choose(point);
    }

    /// <summary>What was chosen in the end.</summary>
    public void Took(in SchedulingPoint point, int index)
    {
        if (point.Reason != SchedulingReason.Fault)
            _goneOn = point.Choices[index].Kind == ChoiceKind.Continue ? _goneOn + 1 : 0;
    }

    private static bool HasDeviceInterrupt(in SchedulingPoint point)
    {
        foreach (ref readonly SchedulingChoice choice in point.Choices)
        {
            if (choice is { Kind: ChoiceKind.Interrupt, IsInjected: false })
                return true;
        }

        return false;
    }
}
