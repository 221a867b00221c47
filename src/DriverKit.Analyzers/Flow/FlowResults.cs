using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
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

    public void Report(Finding finding)
    {
        var key = (finding.Rule.Id, finding.At);
        if (!_findings.ContainsKey(key))
            _findings.Add(key, finding);
    }

    public void Raise(Effect effect)
    {
        if (effect.Chain.Length > Budget.MaxChain)
            effect = effect with { Chain = [.. effect.Chain.Take(Budget.MaxChain - 1), effect.Culprit] };
        if (_effects.TryGetValue(effect.Identity, out var known))
        {
            if (effect.Chain.Length < known.Chain.Length)
                _effects[effect.Identity] = effect;
        }
        else if (_effects.Count < Budget.MaxEffects)
        {
            _effects.Add(effect.Identity, effect);
        }
    }

    /// <summary>The lambdas that were handed to code nobody can see.</summary>
    public IReadOnlyCollection<Target> Escaped => _escaped;

    public void Escape(Target? target)
    {
        if (target is { Method.MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            _escaped.Add(target);
    }

    public void Store(FieldStore store)
    {
        if (_seenStores.Add(store))
            _stores.Add(store);
    }

    public Summary Summarize(ControlFlowGraph graph, IReadOnlyList<State> ends)
    {
        bool runsLater = body.Method is { IsAsync: true } || IsIterator(graph);
        var cases = runsLater ? Summary.Harmless.Cases : CasesOf(ends);
        var effects = runsLater ? [] : _effects.Values.ToImmutableArray();
        return new(cases, effects, [.. _stores], [.. _findings.Values]);
    }

    /// <summary>The ends that callers tell apart; past the budget only those with different slots, and past that none.</summary>
    private static ImmutableArray<State> CasesOf(IReadOnlyList<State> ends)
    {
        if (ends.Count <= Budget.MaxCases)
            return [.. ends];
        var bySlots = new List<State>();
        foreach (var end in ends)
        {
            int same = bySlots.FindIndex(end.HasSameSlots);
            if (same < 0)
                bySlots.Add(end);
            else
                bySlots[same] = bySlots[same].Join(end, -1);
        }

        return bySlots.Count <= Budget.MaxCases ? [.. bySlots] : Summary.Harmless.Cases;
    }

    private static bool IsIterator(ControlFlowGraph graph) => graph.Blocks.Any(static block =>
        block.Operations.Any(static operation => operation.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak)
        || block.BranchValue?.Kind is OperationKind.YieldReturn);
}
