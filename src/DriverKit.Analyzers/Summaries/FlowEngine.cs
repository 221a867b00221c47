using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>The flow analysis of one compilation: every body is run once, its summary kept for all who call it.</summary>
internal sealed class FlowEngine
{
    private readonly ConcurrentDictionary<BodyKey, Summary> _summaries = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Contract> _contracts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, Value> _fieldFacts = new(SymbolEqualityComparer.Default);

    public FlowEngine(Compilation compilation, KnownSymbols symbols, ImmutableArray<FlowCheck> checks)
    {
        Symbols = symbols;
        Checks = checks;
        Bodies = new(compilation);
        Stores = new(Bodies);
    }

    public KnownSymbols Symbols { get; }

    public ImmutableArray<FlowCheck> Checks { get; }

    public BodyFactory Bodies { get; }

    public StoreIndex Stores { get; }

    /// <summary>The summary of a body, with what the rules found in it.</summary>
    public Summary Analyze(Body body, CancellationToken cancellation) => new Session(this, cancellation).SummaryOf(body);

    public Contract ContractOf(IMethodSymbol method) =>
        _contracts.GetOrAdd(method.OriginalDefinition, definition => Contract.Read(definition, Symbols));

    public bool TryGetSummary(BodyKey key, out Summary summary) => _summaries.TryGetValue(key, out summary);

    public void Settle(BodyKey key, Summary summary) => _summaries.TryAdd(key, summary);

    public bool TryGetFieldFacts(ISymbol member, out Value value) => _fieldFacts.TryGetValue(member, out value);

    public void SettleFieldFacts(ISymbol member, Value value) => _fieldFacts.TryAdd(member, value);
}
