using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>CA1508 (condition is always true or false) on a condition that reads a field after a kernel function was called: at each of them another task or an
/// interrupt may run and change it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedFieldSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("DKS0007", "CA1508", "Other tasks and interrupts run at every kernel function, and may change the field.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree && IsShared(diagnostic.Location, context.GetSemanticModel(tree), context.CancellationToken))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }

    private static bool IsShared(Location location, SemanticModel model, CancellationToken cancellation)
    {
        var condition = model.SyntaxTree.GetRoot(cancellation).FindNode(location.SourceSpan, getInnermostNodeForTie: true);
        if (condition.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member || !condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(IsChangeable))
            return false;
        var loop = condition.AncestorsAndSelf().TakeWhile(each => each != member)
            .LastOrDefault(static each => each is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or ForEachStatementSyntax);
        int end = loop?.Span.End ?? condition.SpanStart;
        return member.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Any(call => call.SpanStart < end && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && DriverCode.IsHeaderFunction(method));

        bool IsChangeable(SimpleNameSyntax name) =>
            model.GetSymbolInfo(name, cancellation).Symbol is IFieldSymbol { IsReadOnly: false, IsConst: false } or IPropertySymbol { SetMethod.IsInitOnly: false };
    }
}
