using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>One run of a systematic search: goes down a branch that has not been taken, then on with the cheapest choices, and leaves the others for later runs.</summary>
/// <remarks>
/// With sleep sets: of two neighbouring steps of different tasks on known, different objects only one order is explored. A step is what a task does from one choice to
/// the next; it is on the objects of the operations in it. An operation without a known object, an interrupt, a timer, a failure, a wake-up,
/// and a step that keeps another task from running are on everything. What tasks share in plain C# fields is assumed to be touched only under such operations.
/// </remarks>
internal sealed class ExhaustiveStrategy : SchedulingStrategy, IScheduleTracer
{
    private readonly Frontier _frontier;
    private readonly bool _reduces;
    private readonly BasePolicy _base = new();
    private readonly PathStep[] _prefix;
    private readonly List<(int Index, int Cost)> _allowed = [];

    private PathStep? _path;
    private int _depth;
    private int _cost;

    private DecisionNode? _node;
    private int _key;
    private IReadOnlyList<Sleeper> _asleep = [];
    private Footprint _footprint = new();
    private (bool IsThere, object? On) _pending;

    public ExhaustiveStrategy(Frontier frontier, bool reduces)
    {
        _frontier = frontier;
        _reduces = reduces;
        Branch? branch = frontier.Current;
        _cost = branch?.Cost ?? 0;
        _prefix = branch is null ? [] : new PathStep[(branch.Node.Path?.Depth ?? 0) + 1];
        if (branch is not null)
            _prefix[^1] = new(branch.Node.Path, _prefix.Length, branch.Node.Pid, branch.Index);
        for (int i = _prefix.Length - 2; i >= 0; i--)
            _prefix[i] = _prefix[i + 1].Previous!;
    }

    /// <summary>The way that an earlier run took is not there: the scenario does not depend on its schedule alone.</summary>
    public bool HasDiverged { get; private set; }

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        int preferred = _base.Choose(point), index;
        if (_depth == _prefix.Length)
        {
            index = HasDiverged ? 0 : Explore(point, preferred);
        }
        else
        {
            _path = _prefix[_depth++];
            index = _path.Index;
            if (index >= point.Choices.Length || _path.Pid != point.Current.Pid)
            {
                (HasDiverged, _depth, index) = (true, _prefix.Length, 0);
            }
            else if (_depth == _prefix.Length)
            {
                Branch branch = _frontier.Current!;
                Begin(branch.Node, branch.Key, [.. branch.Node.Asleep, .. branch.Node.Taken], point, index);
            }
        }

        _base.Took(point, index);
        return index;
    }

    void IScheduleTracer.Step(TaskStruct task, int cpu, string operation, object? on, ulong now)
    {
        Commit();
        _pending = (true, on);
    }

    void IScheduleTracer.Note(TaskStruct task, int cpu, string what, object? on, ulong now)
    {
        Commit();
        if (what is not ("sleeps" or "ends"))
            _footprint.IsGlobal = true;
    }

    /// <summary>At a place that no run has seen: takes the cheapest choice, and leaves the others to the frontier.</summary>
    private int Explore(in SchedulingPoint point, int preferred)
    {
        int[] keys = new int[point.Choices.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = KeyOf(point, point.Choices[i]);
        if (_reduces)
            End(point, keys);
        _allowed.Clear();
        for (int i = 0; i < keys.Length; i++)
        {
            if (!IsAsleep(keys[i]))
                _allowed.Add((i, i == preferred ? 0 : CostOf(point, point.Choices[i])));
        }

        // All asleep: whatever comes now has been seen elsewhere. The run goes on to its end, and nothing branches off.
        if (_allowed.Count == 0)
        {
            _path = new(_path, (_path?.Depth ?? 0) + 1, point.Current.Pid, preferred);
            return preferred;
        }

        _allowed.Sort((a, b) => (a.Cost, a.Index != preferred, a.Index).CompareTo((b.Cost, b.Index != preferred, b.Index)));
        var node = new DecisionNode(_path, point.Current.Pid, keys, _asleep);
        for (int i = _allowed.Count - 1; i > 0; i--)
            _frontier.Add(new(node, _allowed[i].Index, keys[_allowed[i].Index], _cost + _allowed[i].Cost));
        (int index, int cost) = _allowed[0];
        _cost += cost;
        _path = new(_path, (_path?.Depth ?? 0) + 1, point.Current.Pid, index);
        Begin(node, keys[index], _asleep, point, index);
        return index;
    }

    /// <summary>A step begins; what it will do first is what its task has stopped before.</summary>
    private void Begin(DecisionNode node, int key, IReadOnlyList<Sleeper> asleep, in SchedulingPoint point, int index)
    {
        if (!_reduces)
            return;
        SchedulingChoice choice = point.Choices[index];
        (_node, _key, _asleep, _footprint, _pending) = (node, key, asleep, new(), default);
        _footprint.Add(choice.Kind is ChoiceKind.Run or ChoiceKind.Continue && point.Reason != SchedulingReason.Fault ? choice.Task.OperationOn : null);
    }

    /// <summary>The step has ended: those asleep that do not mind it stay asleep.</summary>
    private void End(in SchedulingPoint point, int[] keys)
    {
        if (point.Reason == SchedulingReason.Fault)
            _footprint.IsGlobal = true;
        _pending = default;
        if (_node is null)
            return;
        int mine = _key;
        if (Array.Exists(_node.Keys, key => key != mine && !keys.Contains(key)))
            _footprint.IsGlobal = true;
        Footprint footprint = _footprint;
        _asleep = [.. _asleep.Where(sleeper => sleeper.Key != mine && sleeper.Footprint.IsIndependentOf(footprint))];
        if (!footprint.IsGlobal)
            _node.Taken.Add(new(mine, footprint));
        _node = null;
    }

    private void Commit()
    {
        if (_pending.IsThere)
            _footprint.Add(_pending.On);
        _pending = default;
    }

    private bool IsAsleep(int key)
    {
        foreach (Sleeper sleeper in _asleep)
        {
            if (sleeper.Key == key)
                return true;
        }

        return false;
    }

    /// <summary>A task by its pid, the idle task of a processor below zero; what is no task's own step never sleeps.</summary>
    private static int KeyOf(in SchedulingPoint point, in SchedulingChoice choice) =>
        point.Reason == SchedulingReason.Fault || choice.Kind is not (ChoiceKind.Run or ChoiceKind.Continue) ? int.MinValue
        : choice.Task.IsIdle ? ~choice.Cpu : choice.Task.Pid;

    private static int CostOf(in SchedulingPoint point, in SchedulingChoice choice) => choice.Kind switch
    {
        ChoiceKind.Continue => point.Reason is SchedulingReason.Point or SchedulingReason.Fault ? 0 : 1,
        ChoiceKind.Interrupt => choice.IsInjected ? 1 : 0,
        ChoiceKind.Run => point.Reason == SchedulingReason.Block ? 0 : 1,
        _ => 1,
    };
}
