using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>What comes out of a run: findings, effects for the callers, values stored in fields.</summary>
internal sealed class FlowResults(Body body)
{
    private readonly Dictionary<(string Rule, Location At), Finding> _findings = [];
    private readonly Dictionary<object, Effect> _effects = [];
    private readonly HashSet<FieldStore> _seenStores = [];
    private readonly List<FieldStore> _stores = [];
    private readonly HashSet<Target> _escaped = [];
    private readonly Dictionary<(object Identity, Location At), RaisedEffect> _raised = [];
    private readonly List<SlotStore> _slots = [];
    private readonly HashSet<Sym> _made = [];
    private readonly Dictionary<BodyKey, Body> _lambdas = [];
    private readonly List<SummaryNote> _notes = [];
    private readonly HashSet<(string Rule, Location At)> _superseded = [];
    private readonly HashSet<(string Rule, Location Cause)> _excused = [];

    /// <summary>The body that is run.</summary>
    public Body Body => body;

    public void Report(Finding finding)
    {
        if (finding.Supersedes is { } needless)
        {
            foreach (string rule in needless.Rule.Split('|'))
                _superseded.Add((rule, needless.At));
        }

        var key = (finding.Rule.Id, finding.At);
        if (!_findings.TryGetValue(key, out var known) || (finding.IsCertain && !known.IsCertain))
            _findings[key] = finding;
    }

    /// <summary>True when nothing in this run had the name before: then no state knows of it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsFirst(Sym.Made name) => _made.Add(name);

    /// <summary>Something for the callers; for the entries, with the place where it arises.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void Raise(Effect effect, Location at)
    {
        if (_raised.Count < Budget.MaxRaised && !_raised.ContainsKey((effect.Identity, at)))
            _raised.Add((effect.Identity, at), new(effect, at));
        if (effect.Chain.Length > Budget.MaxChain)
            effect = effect with { Chain = [.. effect.Chain.Take(Budget.MaxChain - 1), effect.Culprit] };
        if (_effects.TryGetValue(effect.Identity, out var known))
        {
            if (effect.Chain.Length < known.Chain.Length)
                _effects[effect.Identity] = effect;
        }
        else if (_effects.Values.Count(other => other.GetType() == effect.GetType()) < Budget.MaxEffects)
        {
            _effects.Add(effect.Identity, effect);
        }
    }

    /// <summary>The lambdas that were handed to code nobody can see.</summary>
    public IReadOnlyCollection<Target> Escaped => _escaped;

    /// <summary>The lambdas that a path comes to, in the order they are met.</summary>
    public IReadOnlyCollection<Body> Lambdas => _lambdas.Values;

    public void Meet(Body lambda) => _lambdas[lambda.Key] = lambda;

    public void Escape(Target? target)
    {
        if (target is { Method.MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            _escaped.Add(target);
    }

    public void Put(SlotStore store)
    {
        if (!_slots.Any(store.IsSame))
            _slots.Add(store);
    }

    /// <summary>Something for a question about the whole compilation.</summary>
    public void Note(SummaryNote note)
    {
        if (!_notes.Contains(note))
            _notes.Add(note);
    }

    public IReadOnlyList<SummaryNote> Notes => _notes;

    [MethodImpl(Jit.AtOnce)]
    public void Store(FieldStore store)
    {
        if (_seenStores.Add(store))
            _stores.Add(store);
    }

    [MethodImpl(Jit.AtOnce)]
    public Summary Summarize(ControlFlowGraph graph, IReadOnlyList<State> ends)
    {
        bool runsLater = body.Method is { IsAsync: true } || IsIterator(graph);
        var cases = runsLater ? Summary.Harmless.Cases : CasesOf(ends);
        var effects = runsLater ? [] : _effects.Values.ToImmutableArray();
        return new(cases, effects, [.. _stores], [.. _findings.Values.Where(IsNotSuperseded)])
        {
            Raised = runsLater ? [] : [.. _raised.Values],
            Slots = [.. _slots],
            Notes = [.. _notes],
        };
    }

    /// <summary>Of two findings about one mistake the nearer to its harm stays.</summary>
    private bool IsNotSuperseded(Finding finding) =>
        !_superseded.Contains((finding.Rule.Id, finding.At)) && (finding.Cause is null || finding.IsCertain || !_excused.Contains((finding.Rule.Id, finding.Cause)));

    /// <summary>Some path shows that what the rule would say of this cause is not certain: a loop that may run no round does what it says.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void Excuse(string rule, Location cause) => _excused.Add((rule, cause));

    /// <summary>The ends that callers tell apart; past the budget only those with different holds, and past that none.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static ImmutableArray<State> CasesOf(IReadOnlyList<State> ends)
    {
        if (ends.Count <= Budget.MaxCases)
            return [.. ends];
        var byHolds = new List<State>();
        foreach (var end in ends)
        {
            int same = byHolds.FindIndex(end.HasSameHolds);
            if (same < 0)
                byHolds.Add(end);
            else
                byHolds[same] = byHolds[same].Join(end, -1);
        }

        return byHolds.Count <= Budget.MaxCases ? [.. byHolds] : Summary.Harmless.Cases;
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool IsIterator(ControlFlowGraph graph) => graph.Blocks.Any(static block =>
        block.Operations.Any(static operation => operation.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak)
        || block.BranchValue?.Kind is OperationKind.YieldReturn);
}
