using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Inference;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>The flow analysis of one compilation: every body is run once, its summary kept for all who call it.</summary>
internal sealed class FlowEngine
{
    private readonly ConcurrentDictionary<BodyKey, Summary> _summaries = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Contract> _contracts = new(SameObject.Instance);
    private readonly ConcurrentDictionary<ISymbol, Value> _fieldFacts = new(SameObject.Instance);
    private readonly ConcurrentDictionary<INamedTypeSymbol, Surroundings> _surroundings = new(SymbolEqualityComparer.Default);

    public FlowEngine(Compilation compilation, KnownSymbols symbols, ImmutableArray<FlowCheck> checks, RelevanceGate gate)
    {
        Symbols = symbols;
        Checks = new(checks);
        Gate = gate;
        Bodies = new(compilation);
        Stores = new(Bodies, gate);
        Entries = new(this);
        Overrides = new(compilation, Bodies);
        Compilation = compilation;
    }

    public Compilation Compilation { get; }

    /// <summary>What a virtual call may run.</summary>
    public OverrideIndex Overrides { get; }

    public KnownSymbols Symbols { get; }

    public FlowCheckTable Checks { get; }

    public RelevanceGate Gate { get; }

    public BodyFactory Bodies { get; }

    public StoreIndex Stores { get; }

    /// <summary>Where methods are put that the kernel calls.</summary>
    public EntryIndex Entries { get; }

    /// <summary>What is known of the methods around the type of a field or property.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Surroundings Around(ISymbol member, CancellationToken cancellation)
    {
        var type = member.ContainingType.OriginalDefinition;
        return _surroundings.TryGetValue(type, out var known) ? known : _surroundings.GetOrAdd(type, CompilationIndex.Read(type, this, cancellation));
    }

    /// <summary>The summary of a body, with what the rules found in it.</summary>
    /// <remarks>Where a chain of calls is too long for the stack, its far end is analysed first, from an empty stack, and then the body again.
    /// A chain that comes back to itself that way is taken as far as it went.</remarks>
    [MethodImpl(Jit.AtOnce)]
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

    /// <summary>What the rules found in a body, and what they say of it and of the bodies inside when the kernel calls them.</summary>
    [MethodImpl(Jit.AtOnce)]
    public IEnumerable<Finding> Check(Body body, CancellationToken cancellation)
    {
        var summary = Analyze(body, cancellation);
        if (Checks.OnEntry.IsEmpty && Checks.OnChecked.IsEmpty)
            return summary.Findings;
        var findings = new List<Finding>();
        CheckWhole(body, summary, findings, cancellation);
        if (body.Method is { } method)
            Check(body, summary, Entries.Of(method, cancellation), findings, cancellation);
        CheckNested(summary, summary.Slots, findings, cancellation);
        return findings.Count == 0 ? summary.Findings : summary.Findings.Concat(findings.Where(finding => !summary.Findings.Any(finding.IsSame))).ToList();
    }

    [MethodImpl(Jit.AtOnce)]
    private void CheckWhole(Body body, Summary summary, List<Finding> findings, CancellationToken cancellation)
    {
        if (Checks.OnChecked.IsEmpty)
            return;
        var site = new CheckedSite(body, summary, new(this, cancellation), findings);
        foreach (var check in Checks.OnChecked)
            check.OnChecked(site);
        foreach (var (inner, nested) in summary.Nested)
            CheckWhole(inner, nested, findings, cancellation);
    }

    private void CheckNested(Summary summary, ImmutableArray<SlotStore> slots, List<Finding> findings, CancellationToken cancellation)
    {
        foreach (var (body, nested) in summary.Nested)
        {
            Check(body, nested, slots.Where(store => store.Target.Body?.Key == body.Key), findings, cancellation);
            CheckNested(nested, slots, findings, cancellation);
        }
    }

    /// <summary>Each rule hears once of each slot that the body is in.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Check(Body body, Summary summary, IEnumerable<SlotStore> stores, List<Finding> findings, CancellationToken cancellation)
    {
        foreach (var store in stores.GroupBy(static store => store.Slot, SymbolEqualityComparer.Default).Select(static same => same.First()))
        {
            var entry = new EntrySite(store, body, summary, new Session(this, cancellation), findings);
            foreach (var check in Checks.OnEntry)
                check.OnEntry(entry);
        }
    }

    /// <summary>What is said of a method; nothing of one whose assembly does not know DriverKit.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Contract ContractOf(IMethodSymbol method)
    {
        if (_contracts.TryGetValue(method, out var known))
            return known;
        var definition = method.OriginalDefinition;
        return _contracts.GetOrAdd(method, Symbols.KnowsDriverKit(definition.ContainingAssembly) ? Contract.Read(definition, InferredContracts.Of(definition, Compilation.Assembly)) : Contract.Nothing);
    }

    public bool TryGetSummary(BodyKey key, out Summary summary) => _summaries.TryGetValue(key, out summary);

    public void Settle(BodyKey key, Summary summary) => _summaries.TryAdd(key, summary);

    [MethodImpl(Jit.AtOnce)]
    public bool TryGetFieldFacts(ISymbol member, out Value value) => _fieldFacts.TryGetValue(member, out value);

    public void SettleFieldFacts(ISymbol member, Value value) => _fieldFacts.TryAdd(member, value);
}
