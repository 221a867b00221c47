using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>A place where a schedule differs from <see cref="BasePolicy"/>. Places are counted for each task, so that one deviation can go without moving the others.</summary>
/// <param name="Pid">Who ran when the choice came up.</param>
/// <param name="Ordinal">Its how many-th choice, from 0.</param>
/// <param name="Kind">What was chosen.</param>
/// <param name="Target">Who or which interrupt.</param>
internal readonly record struct Deviation(int Pid, int Ordinal, ChoiceKind Kind, int Target)
{
    /// <summary>Names a choice beyond the order of the list: a task by its pid, the idle task of a processor below zero, an interrupt by its line.</summary>
    public static int TargetOf(in SchedulingChoice choice) => choice.Kind switch
    {
        ChoiceKind.Interrupt => choice.IsInjected ? ~choice.Line : choice.Line,
        ChoiceKind.Run when choice.Task.IsIdle => ~choice.Cpu,
        ChoiceKind.Run => choice.Task.Pid,
        _ => 0,
    };

    /// <summary>The choice it means; -1 when that is not offered.</summary>
    public int Find(in SchedulingPoint point)
    {
        for (int i = 0; i < point.Choices.Length; i++)
        {
            if (point.Choices[i].Kind == Kind && TargetOf(point.Choices[i]) == Target)
                return i;
        }

        return -1;
    }
}

/// <summary>Counts the choices of each task.</summary>
internal struct Ordinals()
{
    private int[] _counts = new int[16];

    public int Next(TaskStruct task)
    {
        if (task.Pid >= _counts.Length)
            Array.Resize(ref _counts, Math.Max(task.Pid + 1, _counts.Length * 2));
        return _counts[task.Pid]++;
    }
}
