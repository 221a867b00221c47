using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>What a call leaves behind in its caller: what is held and what is not any more, objects made and released, marks.</summary>
internal sealed class Aftermath(Evaluator caller, IOperation call, Binding binding, Target target)
{
    private readonly Dictionary<Sym, Value> _released = [];

    /// <summary>The caller, in the state before what is told here.</summary>
    public Evaluator Caller => caller;

    public IOperation Operation => call;

    public Location Location => call.Syntax.GetLocation();

    /// <summary>The method called.</summary>
    public IMethodSymbol Method => target.Method;

    /// <summary>True when the method has code in this compilation: what is wrong there is told there.</summary>
    public bool IsIndirect => target.Body is not null;

    /// <summary>Looks up what the callee has released out of fields, before it is told what it put there instead.</summary>
    public void FindReleased(State end)
    {
        foreach (var entry in end.Objects)
        {
            if (entry.Value.Status == ObjectStatus.Released && entry.Key.Any(static part => part is Sym.Member) && binding.Lift(entry.Key) is { } value)
                _released[entry.Key] = value;
        }
    }

    /// <param name="end">The way the callee ended.</param>
    /// <param name="looped">What the body takes and releases in loops.</param>
    /// <param name="tells">False when another way to end holds something else and the caller cannot tell.</param>
    [MethodImpl(Jit.AtOnce)]
    public void Apply(State end, LoopedHolds looped, bool tells)
    {
        Holds(end, looped, tells);
        foreach (var entry in end.Marks)
        {
            if (binding.Lift(entry.Key.About) is { } about)
                caller.Become(caller.State.Note(entry.Key.Name, about.Id, binding.Lift(entry.Value)));
        }

        Objects(end);
        foreach (var escaped in end.Escaped)
        {
            if (binding.Lift(escaped) is { } value)
                caller.Become(caller.State.HandOn(value.Id));
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void Holds(State end, LoopedHolds looped, bool tells)
    {
        if (end.Holds.Count + end.Released.Count == 0 && !end.ReleasedAny)
            return;
        if (end.ReleasedAny)
            caller.Become(caller.State.ReleaseAny());
        foreach (var released in end.Released)
        {
            var release = binding.Lift(released);
            release = release with { Told = ToldOf(target.Body?.LocationOf(released.Site), release.Told) };
            var hold = caller.State.HoldFor(release);
            foreach (var check in caller.Checks.OnUnlock)
                check.OnUnlock(release, hold, this);
            if (caller.Checks.OnEnd.Length > 0)
                looped.Note(Unlock.Of(release, hold, caller.State, Location));
            caller.Become(looped.Release(caller.State, release));
        }

        var before = caller.State;
        foreach (var taken in end.Holds)
        {
            var hold = binding.Lift(taken);
            if (!tells)
                hold = hold with { IsDoubtful = true };
            hold = hold with { Told = ToldOf(taken.At, hold.Told) };
            foreach (var check in caller.Checks.OnTake)
                check.OnTake(hold, this);
            caller.Become(looped.Acquire(caller.State, hold, before));
        }
    }

    /// <summary>The rules that the callee is reported for at a place in it, beside those that were told before.</summary>
    private EquatableArray<string> ToldOf(Location? at, EquatableArray<string> before)
    {
        if (target.Body is null)
            return before;
        foreach (var finding in caller.SummaryOf(target).Findings)
        {
            if (finding.At == at && !before.Contains(finding.Rule.Id))
                before = before.Add(finding.Rule.Id);
        }

        return before;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Objects(State end)
    {
        foreach (var entry in end.Objects)
        {
            var named = (_released.TryGetValue(entry.Key, out var value) ? value : binding.Lift(entry.Key)) ?? new(binding.LiftName(entry.Key)!);
            var tracked = binding.Lift(entry.Value);
            if (tracked.Status != ObjectStatus.Released)
            {
                if (tracked.By.Length > 0 || caller.State.Objects.ContainsKey(named.Id))
                    Put(named.Id, tracked);
                continue;
            }

            var (name, prior) = Find(named.Id, tracked);
            foreach (var check in caller.Checks.OnRelease)
                check.OnRelease(new(name, named, prior, tracked), this);
            if (SymFactory.NumberOf(name) is null && (prior is not null || !Tracked.IsReference(tracked.Allocator)))
                caller.Become(caller.State.Track(name, Released(prior, tracked)));
            ReleaseDependents(tracked);
        }
    }

    /// <summary>With a class go its devices, with a device its files: what else the release names.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void ReleaseDependents(Tracked released)
    {
        var dependents = released.Allocator.Split('|').Skip(1).Where(static allocator => Tracked.IsRegistration(allocator) && !Tracked.IsReference(allocator)).ToList();
        if (dependents.Count == 0)
            return;
        foreach (var entry in caller.State.Objects)
        {
            if (entry.Value.IsLive && dependents.Contains(entry.Value.Allocator))
                caller.Become(caller.State.Track(entry.Key, Released(entry.Value, released)));
        }
    }

    /// <summary>An object that a callee has made is ours, unless it is left in a field already.</summary>
    private void Put(Sym name, Tracked tracked)
    {
        if (name is Sym.Const)
            return;
        if (Tracked.IsReference(tracked.Allocator))
            (name, tracked) = OneMore(name, tracked);
        caller.Become(caller.State.Track(name, tracked));
    }

    /// <summary>A reference to what a reference is held of already counts apart; how many a loop takes, nobody knows.</summary>
    private (Sym Name, Tracked Tracked) OneMore(Sym name, Tracked tracked)
    {
        while (caller.State.Objects.TryGetValue(name, out var held) && held.IsLive)
        {
            if (held.Site == tracked.Site || name.Depth >= Budget.MaxSymbolDepth)
                return (name, held with { Status = ObjectStatus.Unsure });
            name = new Sym.Registration(tracked.Allocator, name);
        }

        return (name, tracked);
    }

    /// <summary>The object that a release is for. Registrations whose names nobody can compare are told apart by what made them.</summary>
    private (Sym Name, Tracked? Prior) Find(Sym name, Tracked released)
    {
        var state = caller.State;
        if (name is not Sym.Registration registration)
        {
            foreach (string allocator in released.Allocator.Split('|'))
            {
                var key = Tracked.IsRegistration(allocator) ? new Sym.Registration(allocator, name) : name;
                if (Latest(key) is { } latest && latest.Value.Allocator == allocator)
                    return (latest.Key, latest.Value);
            }

            return state.ObjectOf(name) is { } found ? (found.Key, found.Value) : (name, null);
        }

        if (FindMapping(registration.Key, released.Allocator) is { } mapping)
            return (mapping.Key, mapping.Value);
        var candidates = new List<KeyValuePair<Sym, Tracked>>();
        foreach (var entry in state.Objects)
        {
            if (entry.Key is Sym.Registration other && Tracked.IsOneOf(other.Allocator, released.Allocator))
            {
                if (other.Key.Equals(registration.Key))
                    return Latest(entry.Key) is { } latest ? (latest.Key, latest.Value) : (entry.Key, entry.Value);
                if (entry.Value.IsLive && Sym.MayBeSame(other.Key, registration.Key))
                    candidates.Add(entry);
            }
        }

        return candidates.Count > 0 ? (candidates.Last().Key, candidates.Last().Value) : (name, null);
    }

    /// <summary>Of several references the last that was taken.</summary>
    private KeyValuePair<Sym, Tracked>? Latest(Sym key)
    {
        KeyValuePair<Sym, Tracked>? latest = null;
        for (; caller.State.Objects.TryGetValue(key, out var tracked); key = new Sym.Registration(tracked.Allocator, key))
        {
            if (tracked.IsLive)
                latest = new(key, tracked);
        }

        return latest;
    }

    /// <summary>A mapping goes by its address, and is given back by what it maps: the latest that lives, else one that is gone.</summary>
    private KeyValuePair<Sym, Tracked>? FindMapping(Sym mapped, string allocator)
    {
        KeyValuePair<Sym, Tracked>? live = null, likely = null, gone = null;
        foreach (var entry in caller.State.Objects)
        {
            if (entry.Key is Sym.Registration || entry.Value.Allocator != allocator || entry.Value.Detail is not { } detail)
                continue;
            if (entry.Value.IsLive && detail.Equals(mapped))
                live = entry;
            else if (entry.Value.IsLive && Sym.MayBeSame(detail, mapped))
                likely = entry;
            else if (detail.Equals(mapped))
                gone = entry;
        }

        return live ?? gone ?? likely;
    }

    private static Tracked Released(Tracked? prior, Tracked tracked) => prior is null
        ? tracked
        : prior with { Status = ObjectStatus.Released, ReleasedBy = tracked.ReleasedBy, ReleasedAt = tracked.ReleasedAt };
}

/// <summary>An object is released.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What is handed to the release; <see cref="Sym.Registration"/> under its name.</param>
/// <param name="Prior">What was known of it; null when the method has not seen it made.</param>
/// <param name="Released">By what it is released.</param>
internal sealed record ObjectRelease(Sym Name, Value Value, Tracked? Prior, Tracked Released);
