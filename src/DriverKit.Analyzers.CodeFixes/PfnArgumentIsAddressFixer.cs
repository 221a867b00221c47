using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4014: the number of bytes becomes a number of pages, by <c>ToPfn</c> where it is the number of a physical address.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PfnArgumentIsAddressFixer)), Shared]
public sealed class PfnArgumentIsAddressFixer() : RewriteFixProvider("DK4014", Key_MakeAFrameNumber, "Make a frame number of it")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_MakeAFrameNumber = "DK4014_MakeAFrameNumber";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments, Initializer: null } creation)
            return null;
        var number = arguments[0].Expression;
        var replaced = Inner(number) switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } value => SyntaxFactory.ParseExpression($"{value.Expression}.ToPfn()").WithTriviaFrom(creation),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LeftShiftExpression, Right: IdentifierNameSyntax { Identifier.ValueText: "PageShift" } } shift =>
                creation.WithArgumentList(SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(shift.Left.WithoutTrivia())))),
            _ => (ExpressionSyntax)creation.ReplaceNode(number, SyntaxFactory.ParseExpression($"{Operand(number)} >> PageShift")),
        };
        return root.ReplaceNode(creation, replaced);
    }

    private static ExpressionSyntax Inner(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => Inner(parenthesized.Expression),
        CastExpressionSyntax cast => Inner(cast.Expression),
        _ => expression,
    };

    private static string Operand(ExpressionSyntax expression) => expression is BinaryExpressionSyntax or ConditionalExpressionSyntax ? $"({expression})" : expression.ToString();
}
