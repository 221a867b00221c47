using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>What is known at one point of one path. Immutable.</summary>
internal sealed partial class State : IEquatable<State>
{
    /// <summary>For <see cref="Empty"/> and <see cref="Copy"/>, which set everything: initialisers would run for every copy in vain.</summary>
    private State()
    {
    }

    public static State Empty { get; } = new()
    {
        Objects = Map<Sym, Tracked>.Empty,
        Marks = Map<MarkKey, Mark>.Empty,
        Store = Map<Place, Value>.Empty,
        Facts = Map<Sym, bool>.Empty,
        Questioned = Few<object>.None,
        Bounded = Few<Sym>.None,
        Escaped = Few<Sym>.None,
    };

    /// <summary>What has been taken in this method and is still held, oldest first.</summary>
    public EquatableArray<Hold> Holds { get; private init; }

    /// <summary>What has been released without having been taken here: the caller's.</summary>
    public EquatableArray<Release> Released { get; private init; }

    /// <summary>True when any number of what the caller holds may have been released.</summary>
    public bool ReleasedAny { get; private init; }

    /// <summary>The objects made or released on this path, each under the name of its value.</summary>
    public Map<Sym, Tracked> Objects { get; private init; } = null!;

    /// <summary>What has happened on this path.</summary>
    public Map<MarkKey, Mark> Marks { get; private init; } = null!;

    /// <summary>The return statement that the path left by; what a message points at, no part of what the state is.</summary>
    public Location? ReturnAt { get; private init; }

    /// <summary>True in an exception handler, where it is not known how far the guarded block came: releases below zero do not count.</summary>
    public bool IsLoose { get; private init; }

    /// <summary>What lives where.</summary>
    public Map<Place, Value> Store { get; private init; } = null!;

    /// <summary>The conditions decided on this path.</summary>
    public Map<Sym, bool> Facts { get; private init; } = null!;

    /// <summary>The origins and roots that the path has asked about ("is this a vmalloc address?"): the driver knows better from there on.</summary>
    public Few<object> Questioned { get; private init; } = null!;

    /// <summary>The numbers that a comparison on this path keeps below something.</summary>
    public Few<Sym> Bounded { get; private init; } = null!;

    /// <summary>The inputs that have been handed on: stored, captured, given to code nobody can see. The caller's objects behind them are somebody else's too.</summary>
    public Few<Sym> Escaped { get; private init; } = null!;

    public Value? Find(Place place) => Store.TryGetValue(place, out var value) ? value : null;

    [MethodImpl(Jit.AtOnce)]
    public State With(Place place, Value value) => Copy(store: Store.SetItem(place, value));

    [MethodImpl(Jit.AtOnce)]
    public State Without(params Place[] places)
    {
        foreach (var place in places)
        {
            if (Store.ContainsKey(place))
                return Copy(store: Store.Select((Place known, ref Value _) => Array.IndexOf(places, known) < 0));
        }

        return this;
    }

    public State Question(object? originOrRoot) => originOrRoot is null || Questioned.Contains(originOrRoot) ? this : Copy(questioned: Questioned.Add(originOrRoot));

    public bool IsQuestioned(Value value) =>
        (value.Origin is { } origin && Questioned.Contains(origin)) || (value.Root is { } root && Questioned.Contains(root));

    /// <summary>True when the result says what it is: a constant, an error or none.</summary>
    public bool TellsByResult => Find(Place.Return.Instance)?.Id is { } result
        && (result is Sym.Const || Decide(result) is not null || Decide(SymFactory.Less(result, Sym.Const.Zero)) is not null || Decide(SymFactory.IsZero(result)) is not null);

    /// <summary>Remembers that something has been done with a value, on this path or on one that met it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State Did(string what, Sym about) => Question(new Deed(what, about));

    [MethodImpl(Jit.AtOnce)]
    public bool HasDone(string what, Sym about) => Questioned.Contains(new Deed(what, about));

    public State Bound(Sym number) => number is Sym.Const || Bounded.Contains(number) ? this : Copy(bounded: Bounded.Add(number));

    public State Acquire(Hold hold) => Copy(holds: Holds.Add(hold));

    /// <summary>Lets go of the latest hold that the release fits, of the very object if there is one.</summary>
    public State Release(Release release)
    {
        int index = IndexOf(release);
        if (index >= 0)
            return Copy(holds: Holds.RemoveAt(index));
        return IsLoose || ReleasedAny ? this : Copy(released: Released.Add(release));
    }

    /// <summary>What a release lets go of; null when nothing that is held fits.</summary>
    public Hold? HoldFor(Release release) => IndexOf(release) is var index and >= 0 ? Holds[index] : null;

    /// <summary>Another call may have released all there was.</summary>
    public State ReleaseAny() => Copy(holds: EquatableArray<Hold>.Empty, releasedAny: true);

    /// <summary>This state with the holds of another: a contract has the last word.</summary>
    public State WithHoldsOf(State other) => Copy(holds: other.Holds, released: other.Released, releasedAny: other.ReleasedAny);

    /// <summary>What the caller still holds of its own after the releases that a callee made.</summary>
    public EquatableArray<Hold> HoldsAfter(EquatableArray<Release> releases, bool any)
    {
        if (any)
            return EquatableArray<Hold>.Empty;
        var state = this;
        foreach (var release in releases)
            state = state.HoldFor(release) is null ? state : state.Release(release);
        return state.Holds;
    }

    public State Track(Sym name, Tracked tracked) => Copy(objects: Objects.SetItem(name, tracked));

    public State Untrack(Sym name) => Objects.ContainsKey(name) ? Copy(objects: Objects.Select((Sym key, ref Tracked _) => !key.Equals(name))) : this;

    /// <summary>The object that a value is, or points into.</summary>
    public KeyValuePair<Sym, Tracked>? ObjectOf(Sym value)
    {
        if (Objects.IsEmpty)
            return null;
        if (Objects.TryGetValue(value, out var tracked))
            return new(value, tracked);
        foreach (var entry in Objects)
        {
            if (PointsInto(value, entry.Key))
                return entry;
        }

        return null;
    }

    /// <summary>The objects that a value leads to are somebody else's too from here on.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State HandOn(Sym value)
    {
        if (value is Sym.Compare or Sym.Not or Sym.And)
            return this;
        var state = value.IsKernelInput && !Escaped.Contains(value) ? Copy(escaped: Escaped.Add(value)) : this;
        if (Objects.IsEmpty)
            return state;
        return state.Copy(objects: Objects.Select((Sym name, ref Tracked tracked) =>
        {
            if (tracked.Status == ObjectStatus.Owned && (value.Contains(name) || (name is Sym.Registration { Allocator: Tracked.PageReference, Key: var page } && (value.Equals(page) || (page is Sym.Query { Symbol: null, Arguments: var element } && element[0].Equals(value))))))
                tracked = tracked with { Status = ObjectStatus.HandedOn };
            return true;
        }));
    }

    public State Note(string name, Sym about, Mark mark) => Copy(marks: Marks.SetItem(new(name, about), mark));

    public State Unnote(string name, Sym about) => Copy(marks: Marks.Select((MarkKey key, ref Mark _) => key.Name != name || !key.About.Equals(about)));

    public Mark? MarkOf(string name, Sym about) => Marks.TryGetValue(new(name, about), out var mark) ? mark : null;

    public State ReturnFrom(Location at) => Copy(returnAt: at);

    /// <summary>Only what is left when a method has returned.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State Keep(ISymbol method)
    {
        var returned = Find(Place.Return.Instance)?.Id;
        bool Stays(Sym sym) => sym.IsFromEntry || sym.Equals(returned);
        return Copy(
            isLoose: false,
            facts: Facts.Select((Sym fact, ref bool _) => (fact.Depth <= Budget.MaxFactDepth && fact.IsFromEntry) || (returned is not (null or Sym.Const) && fact.Contains(returned)) || ConcernsLeftBehind(fact, method)),
            store: Store.Select((Place place, ref Value _) =>
                place.Outlives(method) || (place is Place.Cell { Receiver: { } receiver } && receiver.Equals(returned))),
            objects: Objects.Select((Sym name, ref Tracked _) => Stays(name) || IsLeftBehind(name, method)),
            marks: Marks.Select((MarkKey key, ref Mark _) => Stays(key.About)));
    }

    /// <summary>True for a condition on a value that a field or an out parameter has.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool ConcernsLeftBehind(Sym fact, ISymbol method) => fact is Sym.Compare compare && (IsLeftBehind(compare.Left, method) || IsLeftBehind(compare.Right, method));

    /// <summary>True when a field or an out parameter has the value.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool IsLeftBehind(Sym name, ISymbol method)
    {
        foreach (var entry in Store)
        {
            if (entry.Value.Id.Equals(name) && entry.Key.Outlives(method))
                return true;
        }

        return false;
    }

    private int IndexOf(Release release)
    {
        int fitting = -1;
        for (int i = Holds.Count - 1; i >= 0; i--)
        {
            if (Holds[i].Resource == release.Resource && release.Object is { } lockObject && lockObject.Equals(Holds[i].Object))
                return i;
            if (fitting < 0 && release.Fits(Holds[i]))
                fitting = i;
        }

        return fitting;
    }

    /// <summary>True for the object itself moved on by a number, and what a pure function makes of it.</summary>
    private static bool PointsInto(Sym value, Sym name) => value switch
    {
        _ when value.Equals(name) => true,
        Sym.Arithmetic sum => PointsInto(sum.Left, name) || PointsInto(sum.Right, name),
        Sym.Bits bits => PointsInto(bits.Operand, name),
        Sym.Query { Symbol: IMethodSymbol { Name: "VirtToPage" or "PageAddress" }, Arguments: { Count: 1 } of } => PointsInto(of[0], name),
        _ => false,
    };

    public State Loosen() => Copy(isLoose: true);

    /// <summary>A value is made anew at a place in the code that made one before: what was known of the old one says nothing of the new. An object that one variable still has goes
    /// by that variable, so that it is missed when the variable gets another; one that nobody has is lost.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State Forget(Sym sym) => Knows(sym) ? Forgetting(sym) : this;

    [MethodImpl(Jit.AtOnce)]
    private bool Knows(Sym sym)
    {
        foreach (var fact in Facts)
        {
            if (fact.Key.Contains(sym))
                return true;
        }

        foreach (var entry in Store)
        {
            if (entry.Value.Id.Contains(sym) || Mentions(entry.Key, sym))
                return true;
        }

        foreach (var entry in Objects)
        {
            if (entry.Key.Contains(sym) || entry.Value.Detail?.Contains(sym) == true)
                return true;
        }

        foreach (var entry in Marks)
        {
            if (entry.Key.About.Contains(sym))
                return true;
        }

        foreach (object asked in Questioned)
        {
            if (asked is Deed deed && deed.About.Contains(sym))
                return true;
        }

        foreach (var number in Bounded)
        {
            if (number.Contains(sym))
                return true;
        }

        return false;
    }

    [MethodImpl(Jit.AtOnce)]
    private State Forgetting(Sym sym)
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
        var without = ForgetObjects(part => part.Equals(sym) || old.Contains(part));
        var (objects, marks) = (without.Objects, without.Marks);
        if (old.Count <= 1 && Objects.TryGetValue(sym, out var lost) && lost.Status == ObjectStatus.Owned && lost.Allocator != "Kmap")
            objects = objects.SetItem(old.Count == 1 ? old[0] : Sym.Lost.Instance, lost);
        var questioned = Questioned.Where(asked => asked is not Deed deed || !deed.About.Contains(sym));
        var bounded = Bounded.Where(number => !number.Contains(sym));
        return ReferenceEquals(facts, Facts) && ReferenceEquals(store, Store) && ReferenceEquals(objects, Objects) && ReferenceEquals(marks, Marks)
            && ReferenceEquals(questioned, Questioned) && ReferenceEquals(bounded, Bounded)
            ? this
            : Copy(store: store, facts: facts, objects: objects, marks: marks, questioned: questioned, bounded: bounded);
    }

    /// <summary>The name of an object, or of what its release must name, means something else from here on.</summary>
    public State ForgetObjects(Func<Sym, bool> isGone)
    {
        if (Objects.IsEmpty && Marks.IsEmpty)
            return this;
        var objects = Objects.Select((Sym name, ref Tracked tracked) =>
        {
            if (tracked.Detail?.Any(isGone) == true)
                tracked = tracked with { Detail = null, Status = tracked.Allocator == "Kmap" ? ObjectStatus.Unsure : tracked.Status };
            return !name.Any(isGone);
        });
        var marks = Marks.Select((MarkKey key, ref Mark _) => !key.About.Any(isGone));
        return ReferenceEquals(objects, Objects) && ReferenceEquals(marks, Marks) ? this : Copy(objects: objects, marks: marks);
    }

    [MethodImpl(Jit.AtOnce)]
    public bool Equals(State? other) =>
        other is not null
        && Holds.Equals(other.Holds) && Released.Equals(other.Released) && ReleasedAny == other.ReleasedAny && IsLoose == other.IsLoose
        && Objects.Equals(other.Objects) && Marks.Equals(other.Marks)
        && Questioned.Equals(other.Questioned) && Bounded.Equals(other.Bounded) && Escaped.Equals(other.Escaped)
        && Facts.Equals(other.Facts) && Store.Equals(other.Store);

    [MethodImpl(Jit.AtOnce)]
    public override bool Equals(object? obj) => Equals(obj as State);

    public override int GetHashCode() => (Holds.Count * 31) + Released.Count;

    [MethodImpl(Jit.AtOnce)]
    private static bool Mentions(Place place, Sym sym) => place switch
    {
        Place.Memory memory => memory.Base.Contains(sym),
        Place.Cell cell => cell.Receiver?.Contains(sym) == true,
        Place.Answer answer => answer.Query.Contains(sym),
        _ => false,
    };

    [MethodImpl(Jit.AtOnce)]
    private State Copy(
        EquatableArray<Hold>? holds = null,
        EquatableArray<Release>? released = null,
        bool? releasedAny = null,
        bool? isLoose = null,
        Map<Place, Value>? store = null,
        Map<Sym, bool>? facts = null,
        Map<Sym, Tracked>? objects = null,
        Map<MarkKey, Mark>? marks = null,
        Few<object>? questioned = null,
        Few<Sym>? bounded = null,
        Few<Sym>? escaped = null,
        Location? returnAt = null) => new()
        {
            Holds = holds ?? Holds,
            Released = released ?? Released,
            ReleasedAny = releasedAny ?? ReleasedAny,
            IsLoose = isLoose ?? IsLoose,
            Store = store ?? Store,
            Facts = facts ?? Facts,
            Objects = objects ?? Objects,
            Marks = marks ?? Marks,
            Questioned = questioned ?? Questioned,
            Bounded = bounded ?? Bounded,
            Escaped = escaped ?? Escaped,
            ReturnAt = returnAt ?? ReturnAt,
        };
}

/// <summary>Something that has been done with a value, on one of the paths that lead here at least.</summary>
/// <param name="What">What has been done.</param>
/// <param name="About">The value.</param>
internal sealed record Deed(string What, Sym About);
