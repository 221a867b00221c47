using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4002: <c>offset + length > size</c> becomes <c>offset > size || length > size - offset</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MmapRangeCheckOverflowsFixer)), Shared]
public sealed class MmapRangeCheckOverflowsFixer() : RewriteFixProvider("DK4002", Key_SubtractInsteadOfAdding, "Subtract instead of adding")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_SubtractInsteadOfAdding = "DK4002_SubtractInsteadOfAdding";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not BinaryExpressionSyntax comparison || !diagnostic.Properties.TryGetValue("Sum", out string? side) || !diagnostic.Properties.TryGetValue("Offset", out string? place))
            return null;
        var (sumSide, limit) = side == "Left" ? (comparison.Left, comparison.Right) : (comparison.Right, comparison.Left);
        if (Inner(sumSide) is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum)
            return null;
        var (offset, length) = place == "Left" ? (sum.Left, sum.Right) : (sum.Right, sum.Left);
        if (MayChange(offset) || MayChange(limit) || OperatorOf(comparison, side == "Left") is not { } order)
            return null;
        string joined = order[0] == '>' ? "||" : "&&";
        string text = $"{offset.WithoutTrivia()} {order} {limit.WithoutTrivia()} {joined} {length.WithoutTrivia()} {order} {InDifference(limit)} - {InDifference(offset)}";
        bool isAlone = comparison.Parent is IfStatementSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or ArgumentSyntax or EqualsValueClauseSyntax or ParenthesizedExpressionSyntax or AssignmentExpressionSyntax or ConditionalExpressionSyntax
            || (comparison.Parent is BinaryExpressionSyntax parent && parent.OperatorToken.ValueText == joined);
        return root.ReplaceNode(comparison, SyntaxFactory.ParseExpression(isAlone ? text : $"({text})").WithTriviaFrom(comparison));
    }

    /// <summary>The comparison of the sum with the limit, whichever stands first.</summary>
    private static string? OperatorOf(BinaryExpressionSyntax comparison, bool isSumFirst) => (comparison.OperatorToken.ValueText, isSumFirst) switch
    {
        (">", true) or ("<", false) => ">",
        (">=", true) or ("<=", false) => ">=",
        ("<", true) or (">", false) => "<",
        ("<=", true) or (">=", false) => "<=",
        _ => null,
    };

    /// <summary>It will be written twice, so nothing may happen in it.</summary>
    private static bool MayChange(ExpressionSyntax expression) =>
        expression.DescendantNodesAndSelf().Any(static node => node is InvocationExpressionSyntax or AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax or AwaitExpressionSyntax);

    private static ExpressionSyntax Inner(ExpressionSyntax expression) => expression is ParenthesizedExpressionSyntax parenthesized ? Inner(parenthesized.Expression) : expression;

    private static string InDifference(ExpressionSyntax expression)
    {
        var text = expression.WithoutTrivia();
        bool isTight = expression is not BinaryExpressionSyntax binary || binary.OperatorToken.ValueText is "*" or "/" or "%";
        return isTight ? text.ToString() : $"({text})";
    }
}
