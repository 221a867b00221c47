using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5008: compares with the largest number that does not wrap.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ArithmeticInAccessOkFixer)), Shared]
public sealed class ArithmeticInAccessOkFixer() : RewriteFixProvider("DK5008", Key_CompareFirst, "Compare with the largest that does not wrap")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CompareFirst = "DK5008_CompareFirst";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (node is not BinaryExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } } sum || FixSyntax.NameOf(call) != "AccessOk"
            || !diagnostic.Properties.TryGetValue("Type", out var type) || type is null)
            return null;
        var (left, right) = sum.Left is LiteralExpressionSyntax ? (sum.Right, sum.Left) : (sum.Left, sum.Right);
        var one = FixSyntax.Parenthesized(left);
        var other = FixSyntax.Parenthesized(right);
        string? bound = sum.Kind() switch
        {
            SyntaxKind.AddExpression => $"{one} <= {type}.MaxValue - {other}",
            SyntaxKind.MultiplyExpression when right is LiteralExpressionSyntax => $"{one} <= {type}.MaxValue / {other}",
            SyntaxKind.MultiplyExpression => $"({other} == 0 || {one} <= {type}.MaxValue / {other})",
            _ => null,
        };
        if (bound is null)
            return null;
        var both = SyntaxFactory.ParseExpression($"{bound} && {call}");
        bool isAlone = call.Parent is IfStatementSyntax or ArgumentSyntax or EqualsValueClauseSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or ParenthesizedExpressionSyntax or ConditionalExpressionSyntax
            or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression };
        return root.ReplaceNode(call, (isAlone ? both : SyntaxFactory.ParenthesizedExpression(both)).WithTriviaFrom(call));
    }
}
