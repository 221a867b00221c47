using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>CA1062 (check that a public method's argument is not null) in a method that is an operation or handler: the kernel calls it, and never with null where the
/// signature does not allow it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OperationArgumentSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("DKS0004", "CA1062", "The kernel calls the method, and never with null where the signature does not allow it.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree)
                continue;
            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan);
            if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } declaration
                && context.GetSemanticModel(tree).GetDeclaredSymbol(declaration, context.CancellationToken) is { } method
                && IsGivenToKernel(method, context))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }

    /// <summary>True when the type puts the method into a slot of the kernel's: an operation, a handler, a work function.</summary>
    private static bool IsGivenToKernel(IMethodSymbol method, SuppressionAnalysisContext context) =>
        method.ContainingType.DeclaringSyntaxReferences
            .SelectMany(reference => reference.GetSyntax(context.CancellationToken).DescendantNodes().OfType<IdentifierNameSyntax>())
            .Where(name => name.Identifier.ValueText == method.Name && name.Parent is not InvocationExpressionSyntax)
            .Any(name => IsSlot(name, method, context.GetSemanticModel(name.SyntaxTree), context.CancellationToken));

    private static bool IsSlot(IdentifierNameSyntax name, IMethodSymbol method, SemanticModel model, CancellationToken cancellation)
    {
        ExpressionSyntax value = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        if (!SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(value, cancellation).Symbol, method)
            || model.GetTypeInfo(value, cancellation).ConvertedType is not INamedTypeSymbol { TypeKind: TypeKind.Delegate } type)
            return false;
        if (DriverCode.IsOfKit(type))
            return true;
        var target = value.Parent switch
        {
            AssignmentExpressionSyntax assignment => model.GetSymbolInfo(assignment.Left, cancellation).Symbol,
            ArgumentSyntax { Parent.Parent: { } call } => model.GetSymbolInfo(call, cancellation).Symbol,
            _ => null,
        };
        return target is not null && DriverCode.IsOfKit(target);
    }
}
