using System;
using System.Collections.Immutable;
using System.Linq;
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
        context.RegisterOperationBlockAction(block => AnalyzeBlock(block, engine, rules));
    }

    private static void AnalyzeBlock(OperationBlockAnalysisContext context, FlowEngine engine, RuleSwitch rules)
    {
        foreach (var block in context.OperationBlocks)
        {
            var tree = block.Syntax.SyntaxTree;
            var reach = engine.Gate.ReachOf(block.Syntax);
            if (!rules.IsAnyOn(engine.Checks.All.Where(check => check.MayReport(reach)), tree, context.CancellationToken))
                continue;
            var body = BodyOf(context.OwningSymbol, block, engine);
            if (body is null)
                continue;
            foreach (var finding in engine.Check(body, context.CancellationToken))
                context.ReportDiagnostic(finding.ToDiagnostic());
        }
    }

    /// <summary>The code to analyse for a block: the member's, or an initialiser's own.</summary>
    private static Body? BodyOf(ISymbol owner, IOperation block, FlowEngine engine) => block switch
    {
        IFieldInitializerOperation or IPropertyInitializerOperation => engine.Bodies.Of(owner, block.Syntax),
        IBlockOperation when owner is IMethodSymbol method => engine.Bodies.Of(method),
        _ => null,
    };
}
