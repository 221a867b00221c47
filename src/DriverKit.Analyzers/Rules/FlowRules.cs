using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules;

/// <summary>Runs the rules that need paths: one run of the engine per method answers for all of them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FlowRules : DriverKitAnalyzer
{
    private static readonly ImmutableArray<FlowCheck> AllChecks = [.. AllFlowChecks.Make()];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. AllChecks.Select(static check => check.Rule).Distinct().OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, KnownSymbols symbols)
    {
        var rules = new RuleSwitch(context.Compilation);
        var checks = AllChecks.Where(check => rules.MayBeOn(check.Rule)).ToImmutableArray();
        if (checks.IsEmpty)
            return;
        if (RelevanceGate.For(context.Compilation, symbols, context.CancellationToken) is not { } gate)
            return;
        var engine = new FlowEngine(context.Compilation, symbols, checks, gate);
        context.RegisterSymbolStartAction(type => AnalyzeType(type, engine, rules), SymbolKind.NamedType);
    }

    /// <summary>A type is analysed at its end, on one thread: its methods ask for one another, and by then the compiler has bound them all, for whoever else wants them too.</summary>
    private static void AnalyzeType(SymbolStartAnalysisContext type, FlowEngine engine, RuleSwitch rules)
    {
        var blocks = new ConcurrentQueue<(ISymbol Owner, IOperation Block)>();
        type.RegisterOperationBlockAction(member =>
        {
            // Those of the types inside come here too, and have an end of their own.
            if (!SymbolEqualityComparer.Default.Equals(member.OwningSymbol.ContainingType, type.Symbol))
                return;
            foreach (var block in member.OperationBlocks)
                blocks.Enqueue((member.OwningSymbol, block));
        });
        type.RegisterSymbolEndAction(end =>
        {
            foreach (var (owner, block) in blocks.OrderBy(static block => block.Block.Syntax.SpanStart))
            {
                foreach (var finding in FindingsIn(block, owner, engine, rules, end.CancellationToken))
                    end.ReportDiagnostic(finding.ToDiagnostic());
            }
        });
    }

    private static IEnumerable<Finding> FindingsIn(IOperation block, ISymbol owner, FlowEngine engine, RuleSwitch rules, CancellationToken cancellation)
    {
        var reach = engine.Gate.ReachOf(block.Syntax);
        bool isAsked = rules.IsAnyOn(engine.Checks.All.Where(check => check.MayReport(reach)), block.Syntax.SyntaxTree, cancellation);
        return isAsked && BodyOf(owner, block, engine) is { } body ? engine.Check(body, cancellation) : [];
    }

    /// <summary>The code to analyse for a block: the member's, or an initialiser's own.</summary>
    private static Body? BodyOf(ISymbol owner, IOperation block, FlowEngine engine) => block switch
    {
        IFieldInitializerOperation or IPropertyInitializerOperation => engine.Bodies.Of(owner, block.Syntax),
        IBlockOperation when owner is IMethodSymbol method => engine.Bodies.Of(method),
        _ => null,
    };
}
