using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What a caller needs to know of a method: how it can end, what it may do on the way, what it stores in fields.</summary>
/// <param name="cases">The ways it can end, each a relation between the inputs and what is left behind.</param>
/// <param name="effects">What it may do that depends on the caller.</param>
/// <param name="stores">The values it puts into fields and properties.</param>
/// <param name="findings">What the rules found in it.</param>
internal sealed class Summary(
    ImmutableArray<State> cases, ImmutableArray<Effect> effects, ImmutableArray<FieldStore> stores, ImmutableArray<Finding> findings)
{
    /// <summary>Of a method nothing is known about: it changes nothing and asks for nothing.</summary>
    public static Summary Harmless { get; } = new([State.Empty], [], [], []);

    public ImmutableArray<State> Cases => cases;

    public ImmutableArray<Effect> Effects => effects;

    public ImmutableArray<FieldStore> Stores => stores;

    public ImmutableArray<Finding> Findings => findings;

    /// <summary>The effects with the places in the body where they arise: more than the callers hear of.</summary>
    public ImmutableArray<RaisedEffect> Raised { get; init; } = [];

    /// <summary>The methods it puts where the kernel will call them.</summary>
    public ImmutableArray<SlotStore> Slots { get; init; } = [];

    /// <summary>What rules want to know of the whole compilation.</summary>
    public ImmutableArray<SummaryNote> Notes { get; init; } = [];

    /// <summary>The lambdas and local functions inside, with theirs.</summary>
    public ImmutableArray<(Body Body, Summary Summary)> Nested { get; init; } = [];

    /// <summary>True when a caller could not tell the two apart: a recursive method's summary has settled.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool Matches(Summary other) =>
        Cases.SequenceEqual(other.Cases)
        && new HashSet<object>(Effects.Select(static effect => effect.Identity)).SetEquals(other.Effects.Select(static effect => effect.Identity))
        && Stores.SequenceEqual(other.Stores);
}

/// <summary>A value that is put into a field or property.</summary>
internal sealed record FieldStore(ISymbol Member, Value Value);

/// <summary>Something a rule has seen in one body and wants to compare with what it saw in others; records of its own, so that equal ones are one.</summary>
internal abstract record SummaryNote;

/// <summary>A diagnostic that a rule wants reported, at most one per rule and place.</summary>
internal sealed record Finding(
    DiagnosticDescriptor Rule,
    Location At,
    ImmutableArray<object> Arguments,
    Location? Cause,
    ImmutableDictionary<string, string?> Properties)
{
    /// <summary>A finding of another rule that this one makes needless: its id, or several with bars between, and place.</summary>
    public (string Rule, Location At)? Supersedes { get; init; }

    /// <summary>True when what excuses its cause on other paths says nothing of this one.</summary>
    public bool IsCertain { get; init; }

    /// <summary>True when both are about the same rule and place.</summary>
    public bool IsSame(Finding other) => Rule.Id == other.Rule.Id && At == other.At;

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Rule, At, Cause is null || Cause == Location.None ? [] : [Cause], Properties, [.. Arguments]);
}
