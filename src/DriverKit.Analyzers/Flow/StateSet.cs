using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>The states at one block, those that may be joined joined, and which of them are still to be taken through it.</summary>
internal sealed class StateSet(Node node, int limit)
{
    private readonly List<State> _states = [];
    private readonly Queue<int> _waiting = new();

    public Node Node => node;

    public IReadOnlyList<State> States => _states;

    public bool IsWaiting => _waiting.Count > 0;

    /// <summary>The state that has waited longest.</summary>
    public State Take() => _states[_waiting.Dequeue()];

    /// <summary>Adds what a path brings; false when nothing of it is new.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool Add(State state)
    {
        int index = FindJoinable(state);
        if (index < 0 && _states.Count >= limit)
            index = _states.FindIndex(state.HasSameHolds);
        if (index < 0)
        {
            index = _states.Count;
            _states.Add(state);
        }
        else
        {
            var joined = _states[index].Join(state, node.Block);
            if (joined.Equals(_states[index]))
                return false;
            _states[index] = joined;
        }

        if (!_waiting.Contains(index))
            _waiting.Enqueue(index);
        return true;
    }

    [MethodImpl(Jit.AtOnce)]
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

/// <summary>A block, and what is left to do when the finally block it lies in is over.</summary>
internal readonly record struct Node(int Block, Continuation? After);

/// <summary>A branch on its way through finally blocks.</summary>
internal sealed record Continuation(ControlFlowBranch Branch, int Index, Continuation? Outer);
