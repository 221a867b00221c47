using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>What is left to explore: branches not yet taken, those that cost the fewest preemptions first, and of these the newest.</summary>
/// <param name="bound">The most a branch may cost.</param>
internal sealed class Frontier(int bound)
{
    private readonly List<Stack<Branch>> _levels = [];

    /// <summary>The branch to take now; null: the first run of all, which has no past.</summary>
    public Branch? Current { get; private set; }

    public void Add(Branch branch)
    {
        if (branch.Cost > bound)
            return;
        while (_levels.Count <= branch.Cost)
            _levels.Add(new());
        _levels[branch.Cost].Push(branch);
    }

    /// <summary>Goes on to the next branch.</summary>
    /// <returns>False when all have been taken.</returns>
    public bool TakeNext()
    {
        Current = _levels.Find(level => level.Count != 0)?.Pop();
        return Current is not null;
    }
}

/// <summary>A choice to make at a place where another one has been made before.</summary>
internal sealed record Branch(DecisionNode Node, int Index, int Key, int Cost);

/// <summary>The way to a place: the choices on it, newest first.</summary>
internal sealed record PathStep(PathStep? Previous, int Depth, int Pid, int Index);

/// <summary>A place where there was a choice.</summary>
/// <param name="Path">How to get there.</param>
/// <param name="Pid">Who ran until then.</param>
/// <param name="Keys">The tasks that could run.</param>
/// <param name="Asleep">Steps that need not be taken from here: others that swap with them lead to the same.</param>
internal sealed record DecisionNode(PathStep? Path, int Pid, int[] Keys, IReadOnlyList<Sleeper> Asleep)
{
    /// <summary>Steps that have been taken from here, and what they touched.</summary>
    public List<Sleeper> Taken { get; } = [];
}

/// <summary>A task's step, and what it touched.</summary>
internal readonly record struct Sleeper(int Key, Footprint Footprint);

/// <summary>What a step has touched.</summary>
internal sealed class Footprint
{
    private readonly List<object> _objects = [];

    /// <summary>It may have touched anything.</summary>
    public bool IsGlobal { get; set; }

    public void Add(object? on)
    {
        if (on is null)
            IsGlobal = true;
        else if (!IsGlobal && !_objects.Contains(on))
            _objects.Add(on);
    }

    /// <summary>The two steps lead to the same state in either order.</summary>
    public bool IsIndependentOf(Footprint other) =>
        !IsGlobal && !other.IsGlobal && !_objects.Exists(mine => other._objects.Exists(its => ReferenceEquals(mine, its)));
}
