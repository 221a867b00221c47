using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>What is known at one point of one path. Immutable.</summary>
internal sealed partial class State : IEquatable<State>
{
    /// <summary>As <see cref="Released"/>: however many the caller held, none is left.</summary>
    public const int ReleasedAll = int.MaxValue;

    private State()
    {
    }

    public static State Empty { get; } = new();

    /// <summary>The slots taken in this method and still held, oldest first.</summary>
    public EquatableArray<Slot> Slots { get; private init; }

    /// <summary>How many of the caller's slots have been released.</summary>
    public int Released { get; private init; }

    /// <summary>True in an exception handler, where it is not known how far the guarded block came: releases below zero do not count.</summary>
    public bool IsLoose { get; private init; }

    /// <summary>What lives where.</summary>
    public Map<Place, Value> Store { get; private init; } = Map<Place, Value>.Empty;

    /// <summary>The conditions decided on this path.</summary>
    public Map<Sym, bool> Facts { get; private init; } = Map<Sym, bool>.Empty;

    /// <summary>The origins and roots that the path has asked about ("is this a vmalloc address?"): the driver knows better from there on.</summary>
    public ImmutableHashSet<object> Questioned { get; private init; } = [];

    public Value? Find(Place place) => Store.TryGetValue(place, out var value) ? value : null;

    public State With(Place place, Value value) => Copy(store: Store.SetItem(place, value));

    public State Without(ICollection<Place> places) => Copy(store: Store.Select((Place place, ref Value _) => !places.Contains(place)));

    public State Question(object? originOrRoot) => originOrRoot is null ? this : Copy(questioned: Questioned.Add(originOrRoot));

    public bool IsQuestioned(Value value) =>
        (value.Origin is { } origin && Questioned.Contains(origin)) || (value.Root is { } root && Questioned.Contains(root));

    public State Acquire(Slot slot) => Copy(slots: Slots.Add(slot));

    public State Release()
    {
        if (Slots.Count > 0)
            return Copy(slots: Slots.RemoveLast());
        return IsLoose || Released == ReleasedAll ? this : Copy(released: Released + 1);
    }

    /// <summary>Another call may have released all there was.</summary>
    public State ReleaseAll() => Copy(slots: EquatableArray<Slot>.Empty, released: ReleasedAll);

    /// <summary>This state with the slots of another: a contract has the last word.</summary>
    public State WithSlotsOf(State other) => Copy(slots: other.Slots, released: other.Released);

    /// <summary>Only what is left when a method has returned.</summary>
    public State Keep(ISymbol method)
    {
        var returned = Find(Place.Return.Instance)?.Id;
        return Copy(isLoose: false, store: Store.Select((Place place, ref Value _) =>
            place.Outlives(method) || (place is Place.Cell { Receiver: { } receiver } && receiver.Equals(returned))));
    }

    public State Loosen() => Copy(isLoose: true);

    /// <summary>A value is made anew at a place in the code that made one before: what was known of the old one says nothing of the new.</summary>
    public State Forget(Sym sym)
    {
        var facts = Facts.Select((Sym fact, ref bool _) => !fact.Contains(sym));
        var old = new List<Sym>();
        var store = Store.Select((Place place, ref Value value) =>
        {
            if (value.Id.Contains(sym))
            {
                old.Add(new Sym.Phi(-1, place));
                value = value.As(old[old.Count - 1]);
            }

            return !Mentions(place, sym);
        });
        if (old.Count > 0)
            facts = facts.Select((Sym fact, ref bool _) => !old.Any(fact.Contains));
        return ReferenceEquals(facts, Facts) && ReferenceEquals(store, Store) ? this : Copy(store: store, facts: facts);
    }

    public bool Equals(State? other) =>
        other is not null
        && Slots.Equals(other.Slots) && Released == other.Released && IsLoose == other.IsLoose
        && Questioned.SetEquals(other.Questioned)
        && Facts.Equals(other.Facts) && Store.Equals(other.Store);

    public override bool Equals(object? obj) => Equals(obj as State);

    public override int GetHashCode() => (Slots.Count * 31) + Released;

    private static bool Mentions(Place place, Sym sym) => place switch
    {
        Place.Cell cell => cell.Receiver?.Contains(sym) == true,
        Place.Answer answer => answer.Query.Contains(sym),
        _ => false,
    };

    private State Copy(
        EquatableArray<Slot>? slots = null,
        int? released = null,
        bool? isLoose = null,
        Map<Place, Value>? store = null,
        Map<Sym, bool>? facts = null,
        ImmutableHashSet<object>? questioned = null) => new()
        {
            Slots = slots ?? Slots,
            Released = released ?? Released,
            IsLoose = isLoose ?? IsLoose,
            Store = store ?? Store,
            Facts = facts ?? Facts,
            Questioned = questioned ?? Questioned,
        };
}
