using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Probabilistic concurrency testing: each task has a random priority, the highest one runs, and at a few random steps the task that runs falls to the bottom.
/// A bug that needs <c>depth</c> ordered events is found by one schedule with a probability of at least 1 / (tasks × steps^(depth - 1)).</summary>
/// <remarks>A task that yields or waits for another processor falls below all others, so spinning does not stop the rest. Interrupts that devices raise are tasks of their own;
/// an injected one, or an early timer, comes at a random step. Operations fail once in eight times they could.
/// Source: S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.</remarks>
public sealed class PctStrategy : SchedulingStrategy
{
    private readonly SeededRandom _random;
    private readonly int _expectedSteps;

    /// <summary>The steps at which the task that runs falls, and how far: the earlier in the list the lower.</summary>
    private readonly int[] _changes;
    private readonly Dictionary<int, long> _priorities = [];
    private readonly Dictionary<(ChoiceKind, int), int> _comesAt = [];
    private long _lowest;

    /// <summary>A strategy for one schedule.</summary>
    /// <param name="seed">The same seed gives the same choices.</param>
    /// <param name="depth">How many ordered events the bug needs, at least 1; 2 and 3 find most.</param>
    /// <param name="expectedSteps">How many choices a schedule has, about; at least 1.</param>
    public PctStrategy(ulong seed, int depth, int expectedSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expectedSteps, 1);
        _random = new(seed);
        _expectedSteps = expectedSteps;
        _changes = new int[depth - 1];
        for (int i = 0; i < _changes.Length; i++)
            _changes[i] = 1 + (int)_random.Next((ulong)expectedSteps);
    }

    /// <summary>Choices made so far.</summary>
    internal int Steps { get; private set; }

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        if (point.Reason == SchedulingReason.Fault)
            return _random.IsRare() ? 1 : 0;
        Steps++;
        if (point.Choices[0].Kind == ChoiceKind.Continue)
        {
            if (point.Reason is SchedulingReason.Yield or SchedulingReason.Relax)
                _priorities[point.Current.Pid] = --_lowest - _changes.Length;
            int change = Array.IndexOf(_changes, Steps);
            if (change >= 0)
                _priorities[point.Current.Pid] = -change;
        }

        int best = -1;
        for (int i = 0; i < point.Choices.Length; i++)
        {
            SchedulingChoice choice = point.Choices[i];
            if (choice.IsInjected || choice.Kind == ChoiceKind.Time)
            {
                if (IsTimeFor((choice.Kind, choice.Line)))
                    return i;
            }
            else if (best < 0 || PriorityOf(choice, point.Current) > PriorityOf(point.Choices[best], point.Current))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>An idle processor that has the turn got it to take an interrupt: then the interrupt counts as much. Else two of them would pass the turn on for ever.</summary>
    private long PriorityOf(in SchedulingChoice choice, TaskStruct current)
    {
        if (choice.Kind == ChoiceKind.Interrupt)
            return current.IsIdle ? Math.Max(PriorityOf(~choice.Line), PriorityOf(KeyOfIdle(choice.Cpu))) : PriorityOf(~choice.Line);
        return PriorityOf(choice.Task.IsIdle ? KeyOfIdle(choice.Cpu) : choice.Task.Pid);
    }

    private static int KeyOfIdle(int cpu) => int.MinValue + cpu;

    private long PriorityOf(int key)
    {
        if (!_priorities.TryGetValue(key, out long priority))
            _priorities[key] = priority = 1 + (long)_random.Next(1 << 30);
        return priority;
    }

    private bool IsTimeFor((ChoiceKind, int) what)
    {
        if (!_comesAt.TryGetValue(what, out int step))
            _comesAt[what] = step = Draw();
        if (Steps < step)
            return false;
        _comesAt[what] = Steps + Draw();
        return true;
    }

    private int Draw() => 1 + (int)_random.Next((ulong)_expectedSteps);
}
