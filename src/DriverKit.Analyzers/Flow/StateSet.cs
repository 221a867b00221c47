using System.Collections.Generic;

namespace DriverKit.Analyzers.Flow;

/// <summary>The states at one block, those that may be joined joined.</summary>
internal sealed class StateSet(int block)
{
    private readonly List<State> _states = [];

    public IReadOnlyList<State> States => _states;

    /// <summary>Adds what a path brings; the index of the state to carry on with, or -1 when nothing is new.</summary>
    public int Add(State state)
    {
        int index = FindJoinable(state);
        if (index < 0 && _states.Count >= Budget.MaxStatesPerBlock)
            index = _states.FindIndex(state.HasSameHolds);
        if (index < 0)
        {
            _states.Add(state);
            return _states.Count - 1;
        }

        var joined = _states[index].Join(state, block);
        if (joined.Equals(_states[index]))
            return -1;
        _states[index] = joined;
        return index;
    }

    private int FindJoinable(State state)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            if (state.CanJoin(_states[i]))
                return i;
        }

        return -1;
    }
}
