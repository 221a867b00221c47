using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>CA1812 (internal class that is never instantiated) on a module: whoever loads it makes it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleClassSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("DKS0005", "CA1812", "A module is made by whoever loads it.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree
                && tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ClassDeclarationSyntax>() is { } declaration
                && DriverCode.IsModule(context.GetSemanticModel(tree).GetDeclaredSymbol(declaration, context.CancellationToken)))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }
}
