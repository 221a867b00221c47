using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK8009: answers an unknown command with <c>-ENOTTY</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IoctlDefaultFixer)), Shared]
public sealed class IoctlDefaultFixer() : RewriteFixProvider("DK8009", Key_ReturnEnotty, "Return -ENOTTY")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_ReturnEnotty = "DK8009_ReturnEnotty";

    // A 0 at the end of the handler, or a value that a local begins with, may be the answer to known commands too.
    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } answer || !IsOfUnknownOnly(answer))
            return null;
        ExpressionSyntax enotty = SyntaxFactory.IdentifierName("ENOTTY");
        if (answer.Operand is MemberAccessExpressionSyntax access)
            enotty = access.WithName((SimpleNameSyntax)enotty);
        return root.ReplaceNode(answer.Operand, enotty.WithTriviaFrom(answer.Operand));
    }

    private static bool IsOfUnknownOnly(ExpressionSyntax answer) => answer.Parent switch
    {
        ReturnStatementSyntax or SwitchExpressionArmSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax or ConditionalExpressionSyntax => true,
        AssignmentExpressionSyntax assignment => assignment.FirstAncestorOrSelf<SwitchSectionSyntax>()?.Labels.Any(SyntaxKind.DefaultSwitchLabel) == true,
        _ => false,
    };
}
