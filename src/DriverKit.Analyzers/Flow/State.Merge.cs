using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Flow;

/// <content>Where paths meet. States that agree on what is held, on every object and on what every address is become one; the others stay apart, each with
/// the conditions that led to it, so that a conditional release still meets its conditional acquire.</content>
internal sealed partial class State
{
    [MethodImpl(Jit.AtOnce)]
    public bool HasSameHolds(State other)
    {
        if (IsLoose != other.IsLoose || ReleasedAny != other.ReleasedAny || Holds.Count != other.Holds.Count || Released.Count != other.Released.Count)
            return false;
        for (int i = 0; i < Holds.Count; i++)
        {
            if (Holds[i].Site != other.Holds[i].Site || Holds[i].Resource != other.Holds[i].Resource)
                return false;
        }

        for (int i = 0; i < Released.Count; i++)
        {
            if (Released[i].Resource != other.Released[i].Resource || !Equals(Released[i].Object, other.Released[i].Object))
                return false;
        }

        return true;
    }

    /// <summary>True when joining the two loses nothing that a rule asks for.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool CanJoin(State other)
    {
        if (!HasSameHolds(other) || !HasSameObjects(other) || !HasSameMarks(other) || IsError() != other.IsError())
            return false;
        for (int i = 0; i < Store.Count; i++)
        {
            var entry = Store.At(i);
            if (other.Store.TryGetValue(entry.Key, i, out var value) ? MustStayApart(entry.Key, entry.Value, value) : MattersAlone(entry.Key, entry.Value))
                return false;
        }

        foreach (var entry in other.Store)
        {
            if (MattersAlone(entry.Key, entry.Value) && !Store.ContainsKey(entry.Key))
                return false;
        }

        return true;
    }

    /// <summary>What holds on both paths. Where they disagree about a value it gets a new name, the block's own, and keeps what both know of it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State Join(State other, int block)
    {
        var (facts, otherFacts) = (Facts, other.Facts);
        var self = this;
        var bounded = Few<Sym>.None;
        for (int i = 0; i < Store.Count; i++)
        {
            var entry = Store.At(i);
            if (!other.Store.TryGetValue(entry.Key, i, out var value) || entry.Value.Id.Equals(value.Id))
                continue;
            var phi = new Sym.Phi(block, entry.Key);
            if (!value.Id.Equals(phi))
                other = other.Forget(phi);
            if (!entry.Value.Id.Equals(phi))
                self = self.ForgetObjects(phi.Equals);
            if (HasBound(entry.Value.Id) && other.HasBound(value.Id))
                bounded = bounded.Add(phi);
            facts = Renamed(facts, entry.Value.Id, phi);
            otherFacts = Renamed(otherFacts, value.Id, phi);
        }

        int next = 0;
        var store = Store.Select((Place place, ref Value value) =>
        {
            if (!other.Store.TryGetValue(place, next++, out var there))
                return false;
            if (!value.Equals(there))
                value = JoinValues(value, there, place, block);
            return true;
        });
        facts = facts.Select((Sym fact, ref bool truth) => otherFacts.TryGetValue(fact, out bool there) && there == truth);
        return Copy(
            store: store,
            facts: facts,
            objects: self.JoinObjects(other, store),
            marks: self.JoinMarks(other),
            questioned: Questioned.Or(other.Questioned),
            escaped: Escaped.Or(other.Escaped),
            bounded: Bounded.And(other.Bounded).Or(bounded));
    }

    /// <summary>True when something was found to be an upper bound of the number, or of all that it is computed from.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool HasBound(Sym number) => !Bounded.IsEmpty && number switch
    {
        Sym.Const => true,
        Sym.Arithmetic sum => HasBound(sum.Left) && HasBound(sum.Right),
        _ => IsInBound(number),
    };

    private bool IsInBound(Sym number)
    {
        foreach (var bound in Bounded)
        {
            if (bound.Contains(number))
                return true;
        }

        return false;
    }

    /// <summary>The facts without those about the old value of a name, and with those about a value that takes the name.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static Map<Sym, bool> Renamed(Map<Sym, bool> facts, Sym from, Sym.Phi to)
    {
        if (facts.IsEmpty || from.Equals(to))
            return facts;
        var known = facts;
        facts = facts.Select((Sym fact, ref bool _) => !fact.Contains(to));
        foreach (var fact in known)
        {
            if (fact.Key is not Sym.Compare compare || fact.Key.Contains(to))
                continue;
            if (compare.Left.Equals(from) && compare.Right is Sym.Const)
                facts = facts.SetItem(new Sym.Compare(compare.IsEqual, to, compare.Right), fact.Value);
            else if (compare.Right.Equals(from) && compare.Left is Sym.Const)
                facts = facts.SetItem(new Sym.Compare(compare.IsEqual, compare.Left, to), fact.Value);
        }

        return facts;
    }

    /// <summary>Whether what the method returns is an error, on a path that has come to its end.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool? IsError() => Find(Place.Return.Instance) is { } returned ? Decide(SymFactory.Less(returned.Id, Sym.Const.Zero)) : null;

    [MethodImpl(Jit.AtOnce)]
    private bool HasSameObjects(State other)
    {
        if (Objects.Count != other.Objects.Count)
            return false;
        foreach (var entry in Objects)
        {
            if (!other.Objects.TryGetValue(entry.Key, out var there) || !there.IsLike(entry.Value))
                return false;
        }

        return true;
    }

    private bool HasSameMarks(State other)
    {
        if (Marks.Count != other.Marks.Count)
            return false;
        foreach (var entry in Marks)
        {
            if (!other.Marks.ContainsKey(entry.Key))
                return false;
        }

        return true;
    }

    /// <summary>An object that only one path has, or that has come to different ends, is nobody's business any more; nor is one that goes by another name from here on.</summary>
    private Map<Sym, Tracked> JoinObjects(State other, Map<Place, Value> store)
    {
        var joined = Objects.Select((Sym name, ref Tracked tracked) =>
        {
            if (!other.Objects.TryGetValue(name, out var there) || !there.IsLike(tracked) || (Names(Store, name) && !Names(store, name)))
                tracked = tracked with { Status = ObjectStatus.Unsure };
            return true;
        });
        foreach (var entry in other.Objects)
        {
            if (!joined.ContainsKey(entry.Key))
                joined = joined.SetItem(entry.Key, entry.Value with { Status = ObjectStatus.Unsure });
        }

        return joined;
    }

    private static bool Names(Map<Place, Value> store, Sym name)
    {
        foreach (var entry in store)
        {
            if (entry.Value.Id.Equals(name))
                return true;
        }

        return false;
    }

    [MethodImpl(Jit.AtOnce)]
    private Map<MarkKey, Mark> JoinMarks(State other)
    {
        var joined = Marks.Select((MarkKey key, ref Mark mark) => mark.Excuses || other.Marks.ContainsKey(key));
        foreach (var entry in other.Marks)
        {
            if (entry.Value.Excuses && !joined.ContainsKey(entry.Key))
                joined = joined.SetItem(entry.Key, entry.Value);
        }

        return joined;
    }

    [MethodImpl(Jit.AtOnce)]
    private static Value JoinValues(Value left, Value right, Place place, int block) => new(left.Id.Equals(right.Id) ? left.Id : new Sym.Phi(block, place))
    {
        Root = Equals(left.Root, right.Root) ? left.Root : null,
        IsAddress = left.IsAddress,
        IsFlags = left.IsFlags,
        Origin = left.Origin?.Name == right.Origin?.Name ? left.Origin : null,
        Kind = left.Kind?.Name == right.Kind?.Name ? left.Kind : null,
        Disguise = left.Disguise?.Name == right.Disguise?.Name ? left.Disguise : null,
        Unit = left.Unit == right.Unit ? left.Unit : Unit.None,
        Tags = left.Tags.Equals(right.Tags) ? left.Tags : new([.. left.Tags.Where(tag => right.TagOf(tag.Name) is not null)]),
        Distance = left.Distance > right.Distance ? left.Distance : right.Distance,
        Target = Equals(left.Target, right.Target) ? left.Target : null,
        TargetReceiver = Equals(left.TargetReceiver, right.TargetReceiver) ? left.TargetReceiver : null,
        Alias = Equals(left.Alias, right.Alias) ? left.Alias : null,
        Reads = left.Reads.Equals(right.Reads) ? left.Reads : new(left.Reads.Union(right.Reads).OrderBy(static span => span).ToImmutableArray()),
    };

    private static bool MustStayApart(Place place, Value left, Value right) =>
        !ReferenceEquals(left, right) && (left.IsApartFrom(right) || AreOutcomes(place, left.Id, right.Id));

    /// <summary>What an expression or a method came to, constant on one path: the path that led to it must not be lost with it.</summary>
    private static bool AreOutcomes(Place place, Sym left, Sym right) =>
        place is Place.Capture or Place.Return && (left is Sym.Const || right is Sym.Const) && !left.Equals(right);

    /// <summary>A cell that only one path knows has its old value on the other: that is a difference when the rules ask for it.</summary>
    private static bool MattersAlone(Place place, Value value) =>
        place is Place.Cell && (value.Origin is not null || value.Kind is not null || value.Target is not null || value.Tags.Count > 0);
}
