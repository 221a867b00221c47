using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>The flow analysis of one compilation: every body is run once, its summary kept for all who call it.</summary>
internal sealed class FlowEngine
{
    private readonly ConcurrentDictionary<BodyKey, Summary> _summaries = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Contract> _contracts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, Value> _fieldFacts = new(SymbolEqualityComparer.Default);

    public FlowEngine(Compilation compilation, KnownSymbols symbols, ImmutableArray<FlowCheck> checks, RelevanceGate gate)
    {
        Symbols = symbols;
        Checks = checks;
        Gate = gate;
        Bodies = new(compilation);
        Stores = new(Bodies);
    }

    public KnownSymbols Symbols { get; }

    public ImmutableArray<FlowCheck> Checks { get; }

    public RelevanceGate Gate { get; }

    public BodyFactory Bodies { get; }

    public StoreIndex Stores { get; }

    /// <summary>The summary of a body, with what the rules found in it.</summary>
    /// <remarks>Where a chain of calls is too long for the stack, its far end is analysed first, from an empty stack, and then the body again.
    /// A chain that comes back to itself that way is taken as far as it went.</remarks>
    public Summary Analyze(Body body, CancellationToken cancellation)
    {
        var waiting = new Stack<Body>();
        waiting.Push(body);
        while (true)
        {
            var session = new Session(this, cancellation);
            var summary = session.SummaryOf(waiting.Peek());
            if (session.CutOffAt is { } far && !waiting.Any(body => body.Key == far.Key))
            {
                waiting.Push(far);
                continue;
            }

            Settle(waiting.Pop().Key, summary);
            if (waiting.Count == 0)
                return summary;
        }
    }

    public Contract ContractOf(IMethodSymbol method) =>
        _contracts.GetOrAdd(method.OriginalDefinition, definition => Contract.Read(definition, Symbols));

    public bool TryGetSummary(BodyKey key, out Summary summary) => _summaries.TryGetValue(key, out summary);

    public void Settle(BodyKey key, Summary summary) => _summaries.TryAdd(key, summary);

    public bool TryGetFieldFacts(ISymbol member, out Value value) => _fieldFacts.TryGetValue(member, out value);

    public void SettleFieldFacts(ISymbol member, Value value) => _fieldFacts.TryAdd(member, value);
}
