using System.Collections.Immutable;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Rules;

/// <summary>A rule that needs no paths: an operation and what is written around it decide.</summary>
public abstract class OperationRule : DriverKitAnalyzer
{
    private readonly DiagnosticDescriptor _rule;

    private protected OperationRule(DiagnosticDescriptor rule)
    {
        _rule = rule;
        SupportedDiagnostics = [rule];
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    private protected sealed override void AnalyzeCompilation(CompilationStartAnalysisContext context, KnownSymbols symbols)
    {
        var rules = new RuleSwitch(context.Compilation);
        if (rules.MayBeOn(_rule))
            Register(context, symbols, tree => rules.IsOn(_rule, tree, context.CancellationToken));
    }

    /// <summary>Registers what the rule looks at.</summary>
    /// <param name="context">The compilation.</param>
    /// <param name="symbols">The kit's symbols.</param>
    /// <param name="isOn">True when the rule is on in a file; asked before anything that costs.</param>
    private protected abstract void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, System.Func<SyntaxTree, bool> isOn);
}
