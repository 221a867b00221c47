using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2004: puts the missing shift in, or takes away the one too many.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddressUnitMixedFixer)), Shared]
public sealed class AddressUnitMixedFixer() : RewriteFixProvider("DK2004", Key_Shift, "Shift by PageShift")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_Shift = "DK2004_Shift";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (!diagnostic.Properties.TryGetValue("Shift", out var shift) || shift is null)
            return null;
        diagnostic.Properties.TryGetValue("Side", out var side);
        if (shift == "none")
            return node is BinaryExpressionSyntax twice ? root.ReplaceNode(twice, Stripped(twice.Left).WithTriviaFrom(twice)) : null;
        var number = (side, node) switch
        {
            ("left", BinaryExpressionSyntax sum) => sum.Left,
            ("right", BinaryExpressionSyntax sum) => sum.Right,
            ("argument", BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }) => arguments[0].Expression,
            ("all", ExpressionSyntax { Parent: ArgumentSyntax } whole) => whole,
            _ => null,
        };
        if (number is null)
            return null;
        ExpressionSyntax shifted = SyntaxFactory.ParseExpression($"{FixSyntax.Parenthesized(number)} {shift} PageShift");
        if (number.Parent is not ArgumentSyntax)
            shifted = SyntaxFactory.ParenthesizedExpression(shifted);
        return root.ReplaceNode(number, shifted.WithTriviaFrom(number));
    }

    private static ExpressionSyntax Stripped(ExpressionSyntax expression) => expression is ParenthesizedExpressionSyntax inner ? Stripped(inner.Expression) : expression;
}
