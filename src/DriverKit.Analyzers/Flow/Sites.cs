using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
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

    /// <summary>What the method says of itself.</summary>
    public Contract? Contract => body.Method is { } method ? session.Engine.ContractOf(method) : null;

    /// <summary>True when the path is known to end in an error; null when nobody knows.</summary>
    public bool? IsError => Returned is { } returned ? state.Decide(SymFactory.Less(returned.Id, Sym.Const.Zero)) : null;

    public void Report(Finding finding) => results.Report(finding);

    public void Raise(Effect effect) => results.Raise(effect, At);
}

/// <summary>A body whose paths are all over.</summary>
internal sealed class EndSite(Body body, IReadOnlyList<ExitSite> exits, LoopedHolds looped, FlowResults results)
{
    public Body Body => body;

    /// <summary>The paths that leave it.</summary>
    public IReadOnlyList<ExitSite> Exits => exits;

    /// <summary>What has been released on the paths.</summary>
    public IReadOnlyCollection<Unlock> Unlocks => looped.Unlocks;

    /// <summary>What is taken once more in every round of a loop.</summary>
    public IReadOnlyCollection<Hold> Repeated => looped.Repeated;

    /// <summary>What the rules have noted in it.</summary>
    public IEnumerable<SummaryNote> Notes => results.Notes;

    public void Report(Finding finding) => results.Report(finding);
}

/// <summary>A release, on one path.</summary>
/// <param name="Release">What is released.</param>
/// <param name="Hold">What it lets go of; null when nothing that fits is held here.</param>
/// <param name="IsRetaken">True when the body had released the caller's before: it gives back what it has only borrowed.</param>
/// <param name="IsCertain">True when it is known what is held.</param>
/// <param name="At">The call.</param>
internal sealed record Unlock(Release Release, Hold? Hold, bool IsRetaken, bool IsCertain, Location At)
{
    [MethodImpl(Jit.AtOnce)]
    public static Unlock Of(Release release, Hold? hold, State state, Location at)
    {
        bool retaken = state.Released.Any(other => other.Resource == release.Resource && Sym.MayBeSame(other.Object, release.Object));
        return new(release, hold, retaken, !state.IsLoose && !state.ReleasedAny, at);
    }
}

/// <summary>A body whose summary is known.</summary>
internal sealed class CheckedSite(Body body, Summary summary, CompilationIndex whole, List<Finding> findings)
{
    public Body Body => body;

    public Summary Summary => summary;

    /// <summary>What is known of other methods of the compilation.</summary>
    public CompilationIndex Whole => whole;

    public void Report(Finding finding)
    {
        if (!findings.Any(finding.IsSame))
            findings.Add(finding);
    }
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

    /// <summary>True when the method says that it may sleep, whatever its flags.</summary>
    public bool IsDeclaredToSleep => body.Method is { } method && Engine.ContractOf(method).Find("MightSleep") is { } contract && contract.Text("FlagsParameter") is null;

    /// <summary>True when all slots that the method is in are such.</summary>
    public bool IsOnlyIn(System.Func<SlotContract, bool> such) =>
        body.Method is not { MethodKind: MethodKind.Ordinary } method || Engine.Entries.Of(method, session.Cancellation).All(other => such(other.Contract));

    /// <summary>True when the compilation calls the method by its name too.</summary>
    public bool IsCalledByName => body.Method is { MethodKind: MethodKind.Ordinary } method && Engine.Entries.IsCalled(method);

    public void Report(Finding finding)
    {
        if (!findings.Any(finding.IsSame) && !summary.Findings.Any(finding.IsSame))
            findings.Add(finding);
    }
}

/// <summary>An effect and the place in the body where it arises.</summary>
internal readonly record struct RaisedEffect(Effect Effect, Location At);
