using System.Collections.Generic;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Calls that take a slot, or give one back, once more in every round of a loop. Nobody can tell how many are held after it, so
/// the body is run again without them.</summary>
internal sealed class LoopedSlots
{
    private readonly HashSet<TextSpan> _acquires = [];
    private bool _releases;

    public bool HasChanged { get; private set; }

    public bool TakeChange()
    {
        bool changed = HasChanged;
        HasChanged = false;
        return changed;
    }

    /// <summary>The state a body starts in: when it releases in a loop, as if it had released everything at once.</summary>
    public State Start(State state) => _releases ? state.ReleaseAll() : state;

    public State Acquire(State state, Slot slot)
    {
        if (_acquires.Contains(slot.Site))
            return state.Loosen();
        foreach (var held in state.Slots)
        {
            if (held.Site == slot.Site)
                HasChanged |= _acquires.Add(slot.Site);
        }

        return state.Slots.Count < Budget.MaxSlots ? state.Acquire(slot) : state;
    }

    public State Release(State state)
    {
        var after = state.Release();
        if (!_releases && after.Released != State.ReleasedAll && after.Released > Budget.MaxSlots)
            HasChanged = _releases = true;
        return after;
    }
}
