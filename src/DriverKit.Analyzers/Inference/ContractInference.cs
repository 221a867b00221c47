using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Inference;

/// <summary>Says a method's summary in contract attributes, as far as they can say it: what is less than certain for every caller is left out.</summary>
internal sealed class ContractInference
{
    private const int MaxChain = 3;

    private static readonly string[] Meanings = ["True", "Zero", "Success", "NotNull"];

    private readonly IMethodSymbol _method;
    private readonly Summary _summary;
    private readonly Contract _written;

    private ContractInference(IMethodSymbol method, Summary summary, Contract written)
    {
        _method = method;
        _summary = summary;
        _written = written;
    }

    /// <summary>What is inferred of a method, without what its own attributes say.</summary>
    public static IEnumerable<InferredItem> Of(IMethodSymbol method, Summary summary, Contract written)
    {
        var inference = new ContractInference(method, summary, written);
        return inference.Sleeps().Concat(inference.Holds()).Concat(inference.Results()).Concat(inference.Frees()).Concat(inference.Requirements())
            .Where(item => !inference.IsWritten(item)).Distinct();
    }

    private bool IsWritten(InferredItem item) => item.Place switch
    {
        InferredItem.OnMethod => _written.Find(item.Name) is not null,
        InferredItem.OnReturn => _written.FindOnReturn(item.Name) is not null,
        var index => _written.FindOn(index, item.Name) is not null,
    };

    /// <summary>Where a parameter decides, that is said; where something else does, or the caller's locks are released before, nothing is certain.</summary>
    private IEnumerable<InferredItem> Sleeps()
    {
        foreach (var sleep in _summary.Effects.OfType<SleepEffect>())
        {
            if (sleep.Released.Count > 0 || sleep.ReleasedAny || sleep.Inner is not null || ConditionOf(sleep.Guard) is not { } condition)
                continue;
            string? flags = sleep.Flags is null ? null : ParameterOf(sleep.Flags)?.Name;
            if (sleep.Flags is not null && flags is null)
                continue;
            string? sort = sleep.Sort == SleepSort.Plain ? null : sleep.Sort.ToString();
            yield return InferredItem.Of(InferredItem.OnMethod, "MightSleep", null, ("FlagsParameter", flags), ("If", condition), ("Sort", sort), ("Via", Through(sleep.Chain)));
        }
    }

    private IEnumerable<InferredItem> Holds()
    {
        if (_summary.Cases.Any(static end => end.ReleasedAny))
            return [];
        var ends = _summary.Cases.Select(HoldsOf).ToList();
        if (ends.Count == 0 || ends.Any(static end => end is null))
            return [];
        var taken = ends.FirstOrDefault(static end => end!.Count > 0);
        if (taken is null)
            return [];
        var with = Where(end => HoldsOf(end)!.SequenceEqual(taken));
        var without = Where(end => HoldsOf(end)!.Count == 0);
        if (without.Count == 0 && with.Count == _summary.Cases.Length)
            return taken;
        if (with.Count + without.Count != _summary.Cases.Length || taken.Any(static item => item.Name == "Releases"))
            return [];
        string? meaning = Meanings.FirstOrDefault(meaning => with.All(end => Means(end, meaning) == true) && without.All(end => Means(end, meaning) == false));
        return meaning is null ? [] : taken.Select(item => InferredItem.Of(item.Place, item.Name, item.Argument, ("Lock", item.Named.GetValueOrDefault("Lock")), ("When", meaning)));
    }

    private List<State> Where(Func<State, bool> condition) => [.. _summary.Cases.Where(condition)];

    /// <summary>What is taken and released on the way to one end; null when it is something that no caller can name.</summary>
    private List<InferredItem>? HoldsOf(State end)
    {
        var returned = end.Find(Place.Return.Instance)?.Id;
        var items = end.Released.Select(release => Item("Releases", release.Resource, release.Object, null))
            .Concat(end.Holds.Select(hold => Item("Acquires", hold.Resource, hold.Object, returned))).ToList();
        return items.Any(static item => item is null) ? null : [.. items.OfType<InferredItem>()];
    }

    private InferredItem? Item(string name, string resource, Sym? held, Sym? returned)
    {
        if (Resources.IsCount(resource))
            return InferredItem.Of(InferredItem.OnMethod, name, resource);
        if (resource == Resources.KmapAtomicSlot)
        {
            bool isKnown = name == "Acquires" ? held is not null && held.Equals(returned) : held is not null && ParameterOf(held) is { Type.Name: "KernelVirtualAddress" };
            return isKnown ? InferredItem.Of(InferredItem.OnMethod, name, resource) : null;
        }

        return held is not null && ParameterOf(held) is { } parameter
            ? InferredItem.Of(InferredItem.OnMethod, name, resource, ("Lock", parameter.Name))
            : null;
    }

    private static bool? Means(State end, string meaning)
    {
        if (end.Find(Place.Return.Instance)?.Id is not { } result)
            return null;
        return meaning switch
        {
            "True" => end.Decide(result),
            "Zero" => end.Decide(SymFactory.IsZero(result)),
            "NotNull" => !end.Decide(SymFactory.IsZero(result)),
            _ => !end.Decide(SymFactory.Less(result, Sym.Const.Zero)),
        };
    }

    /// <summary>The origin of the result, and the allocator that made it, when every end that does not return null agrees.</summary>
    private IEnumerable<InferredItem> Results()
    {
        var ends = Where(static end => end.Find(Place.Return.Instance) is { Id: not Sym.Const } value && end.Decide(SymFactory.IsZero(value.Id)) != true);
        if (ends.Count == 0)
            yield break;
        if (Common(ends, static end => end.Find(Place.Return.Instance)!.Origin?.Name) is { } origin)
            yield return InferredItem.Of(InferredItem.OnReturn, "ReturnsOrigin", origin);
        if (Common(ends, MadeBy) is { } made)
            yield return InferredItem.Of(InferredItem.OnReturn, "AllocatesWith", made.Allocator, ("HandedOn", made.IsOurs ? null : "true"), ("KeyParameter", made.Key));
    }

    /// <summary>What is returned may be in a field of the library's as well: whether the caller must give it back is not said.</summary>
    private (string Allocator, string? Key, bool IsOurs)? MadeBy(State end)
    {
        var result = end.Find(Place.Return.Instance)!.Id;
        if (!end.Objects.TryGetValue(result, out var tracked) || !tracked.IsLive || Tracked.IsRegistration(tracked.Allocator))
            return null;
        string? key = tracked.Detail is null ? null : ParameterOf(tracked.Detail)?.Name;
        return tracked.Detail is null || key is not null ? (tracked.Allocator, key, tracked.Status == ObjectStatus.Owned) : null;
    }

    private static T? Common<T>(List<State> ends, Func<State, T?> read)
    {
        var first = read(ends[0]);
        return ends.All(end => EqualityComparer<T?>.Default.Equals(read(end), first)) ? first : default;
    }

    /// <summary>What is given back at every end, but for those where it is null.</summary>
    private IEnumerable<InferredItem> Frees()
    {
        foreach (var parameter in _method.Parameters.Where(static parameter => parameter.RefKind == RefKind.None))
        {
            var entry = new Sym.Entry(parameter);
            var live = Where(end => end.Decide(SymFactory.IsZero(entry)) != true);
            if (live.Count == 0 || Common(live, end => FreedBy(end, entry)) is not { } freed)
                continue;
            bool allowsNull = live.Count < _summary.Cases.Length || _summary.Cases.All(end => end.Decide(SymFactory.IsZero(entry)) is null);
            foreach (string allocator in freed.Allocators.Split('|'))
                yield return InferredItem.Of(parameter.Ordinal, "FreesWith", allocator, ("AllowsNull", allowsNull ? "true" : null), ("KeyParameter", freed.Key));
        }
    }

    private (string Allocators, string? Key)? FreedBy(State end, Sym entry)
    {
        foreach (var tracked in end.Objects)
        {
            bool isIt = tracked.Key.Equals(entry) || (tracked.Key is Sym.Registration registration && registration.Key.Equals(entry));
            if (!isIt || tracked.Value.Status != ObjectStatus.Released)
                continue;
            string? key = tracked.Value.Detail is null ? null : ParameterOf(tracked.Value.Detail)?.Name;
            return tracked.Value.Detail is null || key is not null ? (tracked.Value.Allocator, key) : null;
        }

        return null;
    }

    private IEnumerable<InferredItem> Requirements()
    {
        foreach (var required in _summary.Effects.OfType<OriginEffect>())
        {
            if (required.Guard.IsEmpty && ParameterOf(required.Root) is { } parameter)
                yield return InferredItem.Of(parameter.Ordinal, "RequiresOrigin", required.Required, ("Via", Through(required.Chain)));
        }
    }

    /// <summary>A condition that is nothing but the method's own boolean parameters: <c>mayWait&amp;!isEarly</c>; empty for none, null for one that a caller cannot judge.</summary>
    private string? ConditionOf(Map<Sym, bool> guard)
    {
        var parts = new List<string>();
        foreach (var fact in guard)
        {
            if (ParameterOf(fact.Key) is not { Type.SpecialType: SpecialType.System_Boolean } parameter)
                return null;
            parts.Add(fact.Value ? parameter.Name : "!" + parameter.Name);
        }

        return string.Join("&", parts);
    }

    private IParameterSymbol? ParameterOf(Sym sym) =>
        sym is Sym.Entry { Symbol: IParameterSymbol parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, _method) ? parameter : null;

    /// <summary>The functions below, for the message.</summary>
    private static string Through(ImmutableArray<string> chain)
    {
        var names = chain.Length <= MaxChain ? chain : [.. chain.Take(MaxChain - 1), chain[chain.Length - 1]];
        return names.All(static name => name.All(static letter => char.IsLetterOrDigit(letter) || letter == '_')) ? string.Join(">", names) : string.Empty;
    }
}
