namespace DriverKit.Scheduling;

/// <summary>Interrupts that no device raises but the strategy may, at any preemption point, so many times each.</summary>
internal sealed class InterruptInjection(IReadOnlyList<int> lines, int times)
{
    private readonly int[] _left = [.. lines.Select(_ => times)];

    /// <summary>Adds what could come now to the choices.</summary>
    public void AddTo(List<SchedulingChoice> choices, IInterruptController controller, int cpu, TaskStruct interrupted)
    {
        for (int i = 0; i < _left.Length; i++)
        {
            if (_left[i] != 0 && controller.CanRaise(lines[i]))
                choices.Add(new(ChoiceKind.Interrupt, cpu, interrupted, lines[i], IsPreemption: true, IsInjected: true));
        }
    }

    /// <summary>It comes.</summary>
    public void Inject(IInterruptController controller, int line)
    {
        for (int i = 0; i < _left.Length; i++)
            _left[i] -= lines[i] == line ? 1 : 0;
        controller.Raise(line);
    }
}
