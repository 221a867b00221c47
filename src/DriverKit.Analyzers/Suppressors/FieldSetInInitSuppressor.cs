using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>CS8618 on a field of a module that every successful <c>Init</c> has set: the kernel calls nothing of a module before, nor after an <c>Init</c> that failed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FieldSetInInitSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("DKS0001", "CS8618", "Init sets it, and the kernel calls nothing of a module before Init has succeeded.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            // Where a constructor is written, the diagnostic is on it, and names the member by its other location.
            var location = diagnostic.AdditionalLocations.FirstOrDefault() ?? diagnostic.Location;
            if (location.SourceTree is not { } tree || !context.Compilation.ContainsSyntaxTree(tree))
                continue;
            var member = DriverCode.MemberAt(location, context.GetSemanticModel(tree), context.CancellationToken);
            if (member is { IsStatic: false } && DriverCode.IsModule(member.ContainingType) && InitOf(member.ContainingType) is { } init
                && Sets(init, member, context, []))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }

    private static IMethodSymbol? InitOf(INamedTypeSymbol module) =>
        module.GetMembers("Init").OfType<IMethodSymbol>().FirstOrDefault(static method => method is { IsOverride: true, Parameters.Length: 0 });

    /// <summary>True when every way through the method that does not return an error sets the member, itself or by a method of the same object.</summary>
    private static bool Sets(IMethodSymbol method, ISymbol member, SuppressionAnalysisContext context, HashSet<IMethodSymbol> seen)
    {
        if (!seen.Add(method) || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken) is not MethodDeclarationSyntax declaration)
            return false;
        var model = context.GetSemanticModel(declaration.SyntaxTree);
        var body = (SyntaxNode?)declaration.Body ?? declaration.ExpressionBody?.Expression;
        var nodes = body?.DescendantNodesAndSelf(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)) ?? [];
        foreach (var node in nodes)
        {
            // A success before it is a way around it.
            if (node is ReturnStatementSyntax { Expression: var result } && (result is null || model.GetConstantValue(result, context.CancellationToken).HasValue))
                return false;
            if (IsAlwaysReached(node, declaration) && (IsSetBy(node, member, model, context.CancellationToken) || IsSetByCallee(node)))
                return true;
        }

        return false;

        bool IsSetByCallee(SyntaxNode node) =>
            node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } call
            && model.GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol callee
            && SymbolEqualityComparer.Default.Equals(callee.ContainingType, method.ContainingType)
            && Sets(callee, member, context, seen);
    }

    private static bool IsSetBy(SyntaxNode node, ISymbol member, SemanticModel model, CancellationToken cancellation)
    {
        return node switch
        {
            AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) =>
                assignment.Left is TupleExpressionSyntax tuple ? tuple.Arguments.Any(each => IsMember(each.Expression)) : IsMember(assignment.Left),
            ArgumentSyntax argument when argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword) => IsMember(argument.Expression),
            _ => false,
        };

        bool IsMember(ExpressionSyntax target) => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(target, cancellation).Symbol, member);
    }

    private static bool IsAlwaysReached(SyntaxNode node, SyntaxNode within)
    {
        for (var each = node; each != within; each = each.Parent!)
        {
            bool isConditional = each.Parent switch
            {
                IfStatementSyntax branch => each != branch.Condition,
                WhileStatementSyntax loop => each != loop.Condition,
                ForStatementSyntax loop => each == loop.Statement || loop.Incrementors.Contains(each),
                ForEachStatementSyntax loop => each == loop.Statement,
                ConditionalExpressionSyntax choice => each != choice.Condition,
                ConditionalAccessExpressionSyntax access => each == access.WhenNotNull,
                BinaryExpressionSyntax binary => each == binary.Right
                    && binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression,
                SwitchSectionSyntax or SwitchExpressionArmSyntax or CatchClauseSyntax or LabeledStatementSyntax => true,
                _ => false,
            };
            if (isConditional)
                return false;
        }

        return true;
    }
}
