using System.Collections.Immutable;
using System.Linq;

namespace DriverKit.Analyzers.Flow;

/// <content>Where paths meet. States that agree on the slots held and on what every address is become one; the others stay apart, each with
/// the conditions that led to it, so that a conditional release still meets its conditional acquire.</content>
internal sealed partial class State
{
    public bool HasSameSlots(State other)
    {
        if (Released != other.Released || IsLoose != other.IsLoose || Slots.Count != other.Slots.Count)
            return false;
        for (int i = 0; i < Slots.Count; i++)
        {
            if (Slots[i].Site != other.Slots[i].Site)
                return false;
        }

        return true;
    }

    /// <summary>True when joining the two loses nothing that a rule asks for.</summary>
    public bool CanJoin(State other)
    {
        if (!HasSameSlots(other))
            return false;
        foreach (var entry in Store)
        {
            if (other.Find(entry.Key) is { } value ? entry.Value.IsApartFrom(value) || AreOutcomes(entry.Key, entry.Value.Id, value.Id) : MattersAlone(entry.Key, entry.Value))
                return false;
        }

        foreach (var entry in other.Store)
        {
            if (MattersAlone(entry.Key, entry.Value) && !Store.ContainsKey(entry.Key))
                return false;
        }

        return true;
    }

    /// <summary>What holds on both paths. Where they disagree about a value it gets a new name, the block's own.</summary>
    public State Join(State other, int block)
    {
        var facts = Facts;
        foreach (var entry in Store)
        {
            if (other.Find(entry.Key) is not { } value || entry.Value.Id.Equals(value.Id))
                continue;
            var phi = new Sym.Phi(block, entry.Key);
            if (!value.Id.Equals(phi))
                other = other.Forget(phi);
            facts = facts.Select((Sym fact, ref bool _) => !fact.Contains(phi));
        }

        var store = Store.Select((Place place, ref Value value) =>
        {
            if (other.Find(place) is not { } there)
                return false;
            if (!value.Equals(there))
                value = JoinValues(value, there, place, block);
            return true;
        });
        facts = facts.Select((Sym fact, ref bool truth) => other.Facts.TryGetValue(fact, out bool there) && there == truth);
        return Copy(store: store, facts: facts, questioned: Questioned.Union(other.Questioned));
    }

    private static Value JoinValues(Value left, Value right, Place place, int block) => new(left.Id.Equals(right.Id) ? left.Id : new Sym.Phi(block, place))
    {
        Root = Equals(left.Root, right.Root) ? left.Root : null,
        IsAddress = left.IsAddress,
        IsFlags = left.IsFlags,
        Origin = left.Origin?.Name == right.Origin?.Name ? left.Origin : null,
        Kind = left.Kind?.Name == right.Kind?.Name ? left.Kind : null,
        Distance = left.Distance > right.Distance ? left.Distance : right.Distance,
        Target = Equals(left.Target, right.Target) ? left.Target : null,
        TargetReceiver = Equals(left.TargetReceiver, right.TargetReceiver) ? left.TargetReceiver : null,
        Alias = Equals(left.Alias, right.Alias) ? left.Alias : null,
        Reads = left.Reads.Equals(right.Reads) ? left.Reads : new(left.Reads.Union(right.Reads).OrderBy(static span => span).ToImmutableArray()),
    };

    /// <summary>What an expression or a method came to, constant on one path: the path that led to it must not be lost with it.</summary>
    private static bool AreOutcomes(Place place, Sym left, Sym right) =>
        place is Place.Capture or Place.Return && (left is Sym.Const || right is Sym.Const) && !left.Equals(right);

    /// <summary>A cell that only one path knows has its old value on the other: that is a difference when the rules ask for it.</summary>
    private static bool MattersAlone(Place place, Value value) =>
        place is Place.Cell && (value.Origin is not null || value.Kind is not null || value.Target is not null);
}
