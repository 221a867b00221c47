using System.Collections.Generic;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Calls that take a lock or a slot, or give one back, once more in every round of a loop. Nobody can tell how many are held after it, so
/// the body is run again without them.</summary>
internal sealed class LoopedHolds
{
    private readonly HashSet<TextSpan> _acquires = [];
    private readonly List<Hold> _repeated = [];
    private readonly HashSet<Unlock> _unlocks = [];
    private bool _releases;

    public bool HasChanged { get; private set; }

    /// <summary>What has been released on the paths, in all runs.</summary>
    public IReadOnlyCollection<Unlock> Unlocks => _unlocks;

    public void Note(Unlock unlock) => _unlocks.Add(unlock);

    /// <summary>What was still held from the round before when it was taken again.</summary>
    public IReadOnlyCollection<Hold> Repeated => _repeated;

    public bool TakeChange()
    {
        bool changed = HasChanged;
        HasChanged = false;
        return changed;
    }

    /// <summary>The state a body starts in: when it releases in a loop, as if it had released everything at once.</summary>
    public State Start(State state) => _releases ? state.ReleaseAny() : state;

    /// <summary>Adds what a call has taken.</summary>
    /// <param name="state">The state, in which other holds of the same call may have been added.</param>
    /// <param name="hold">What it has taken.</param>
    /// <param name="before">The state before the call.</param>
    public State Acquire(State state, Hold hold, State before)
    {
        if (_acquires.Contains(hold.Site))
            return state.Loosen();
        foreach (var held in before.Holds)
        {
            if (held.Site != hold.Site || held.Resource != hold.Resource)
                continue;
            HasChanged |= _acquires.Add(hold.Site);
            _repeated.Add(held);
        }

        return state.Holds.Count < Budget.MaxHolds ? state.Acquire(hold) : state;
    }

    public State Release(State state, Release release)
    {
        var after = state.Release(release);
        if (!_releases && !after.ReleasedAny && after.Released.Count > Budget.MaxHolds)
            HasChanged = _releases = true;
        return after;
    }
}
