using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>IDE0058 (value is never used) on a call of a kernel function without <c>[MustCheck]</c>: which results must be looked at, the header says, and DK8001 checks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UncheckedResultSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("DKS0006", "IDE0058", "The header does not ask for a look at the result; DK8001 reports those that must be looked at.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree
                && tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ExpressionStatementSyntax>() is { Expression: InvocationExpressionSyntax call }
                && context.GetSemanticModel(tree).GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol method
                && DriverCode.IsHeaderFunction(method) && !DriverCode.HasAttribute(method, "MustCheckAttribute"))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }
}
