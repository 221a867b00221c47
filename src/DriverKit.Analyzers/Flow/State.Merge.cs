using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace DriverKit.Analyzers.Flow;

/// <content>Where paths meet. States that agree on the slots held and on what every address is become one; the others stay apart, each with
/// the conditions that led to it, so that a conditional release still meets its conditional acquire.</content>
internal sealed partial class State
{
    public bool HasSameSlots(State other) =>
        Released == other.Released && IsLoose == other.IsLoose && Slots.Count == other.Slots.Count
        && Slots.Zip(other.Slots, static (a, b) => a.Site.Equals(b.Site)).All(static same => same);

    /// <summary>True when joining the two loses nothing that a rule asks for.</summary>
    public bool CanJoin(State other)
    {
        if (!HasSameSlots(other))
            return false;
        foreach (var entry in Store)
        {
            if (other.Find(entry.Key) is { } value ? entry.Value.IsApartFrom(value) : MattersAlone(entry))
                return false;
        }

        return other.Store.All(entry => Store.ContainsKey(entry.Key) || !MattersAlone(entry));
    }

    /// <summary>What holds on both paths. Where they disagree about a value it gets a new name, the block's own.</summary>
    public State Join(State other, int block)
    {
        var renamed = new List<Sym>();
        foreach (var entry in Store)
        {
            var phi = new Sym.Phi(block, entry.Key);
            if (other.Find(entry.Key) is not { } value || entry.Value.Id.Equals(value.Id))
                continue;
            renamed.Add(phi);
            if (!value.Id.Equals(phi))
                other = other.Forget(phi);
        }

        var store = ImmutableDictionary.CreateBuilder<Place, Value>();
        foreach (var entry in Store)
        {
            if (other.Find(entry.Key) is { } value)
                store[entry.Key] = JoinValues(entry.Value, value, new Sym.Phi(block, entry.Key));
        }

        var facts = Facts.Where(fact => other.Facts.TryGetValue(fact.Key, out bool truth) && truth == fact.Value
            && !renamed.Any(fact.Key.Contains));
        return Copy(store: store.ToImmutable(), facts: ImmutableDictionary.CreateRange(facts), questioned: Questioned.Union(other.Questioned));
    }

    private static Value JoinValues(Value left, Value right, Sym phi)
    {
        if (left.Equals(right))
            return left;
        return new Value(left.Id.Equals(right.Id) ? left.Id : phi)
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
            Reads = new(left.Reads.Union(right.Reads).OrderBy(static span => span).ToImmutableArray()),
        };
    }

    /// <summary>A cell that only one path knows has its old value on the other: that is a difference when the rules ask for it.</summary>
    private static bool MattersAlone(KeyValuePair<Place, Value> entry) =>
        entry.Key is Place.Cell && (entry.Value.Origin is not null || entry.Value.Kind is not null || entry.Value.Target is not null);
}
