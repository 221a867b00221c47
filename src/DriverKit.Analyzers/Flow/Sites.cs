using System.Collections.Generic;
using System.Collections.Immutable;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>A path at its end.</summary>
internal sealed class ExitSite(Body body, State state, FlowResults results, Session session)
{
    public Body Body => body;

    /// <summary>The state with all that the method knows; <see cref="Place.Return"/> has what it returns.</summary>
    public State State => state;

    /// <summary>What it returns; null when that is nothing.</summary>
    public Value? Returned => state.Find(Place.Return.Instance);

    /// <summary>The return statement, or the end of the body.</summary>
    public Location At => state.ReturnAt ?? body.End;

    public FlowEngine Engine => session.Engine;

    public KnownSymbols Symbols => session.Engine.Symbols;

    /// <summary>True when the path is known to end in an error; null when nobody knows.</summary>
    public bool? IsError => Returned is { } returned ? state.Decide(SymFactory.Less(returned.Id, Sym.Const.Zero)) : null;

    public void Report(Finding finding) => results.Report(finding);

    public void Raise(Effect effect) => results.Raise(effect, At);
}

/// <summary>A body that the kernel calls.</summary>
internal sealed class EntrySite(SlotStore store, Body body, Summary summary, Session session, List<Finding> findings)
{
    /// <summary>Where it was put, and what is said of that.</summary>
    public SlotStore Store => store;

    public Body Body => body;

    public Summary Summary => summary;

    /// <summary>What it does that depends on its caller, each with the place in the body.</summary>
    public ImmutableArray<RaisedEffect> Raised => summary.Raised;

    public FlowEngine Engine => session.Engine;

    /// <summary>The summary of another method of this compilation; null when it has no code here.</summary>
    public Summary? SummaryOf(IMethodSymbol method) => session.Engine.Bodies.Of(method) is { } other ? session.SummaryOf(new Target(method, other)) : null;

    public void Report(Finding finding)
    {
        if (!findings.Exists(finding.IsSame))
            findings.Add(finding);
    }
}

/// <summary>An effect and the place in the body where it arises.</summary>
internal readonly record struct RaisedEffect(Effect Effect, Location At);
