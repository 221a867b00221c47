using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>Puts one word of allocation flags in the place of another.</summary>
internal static class GfpFlagsRewrite
{
    private static readonly string[] Waiting = ["Wait", "NoIo", "NoFs", "Kernel", "User", "HighUser", "Temporary", "HighUserMovable"];

    /// <summary>The root with <c>GfpFlags.from</c> replaced in the flags written under the node; null when it is not there, or other flags beside it let the allocator wait.</summary>
    public static SyntaxNode? Replace(SyntaxNode root, SyntaxNode node, string from, string to)
    {
        var words = node.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>()
            .Where(static access => access.Expression is IdentifierNameSyntax { Identifier.ValueText: "GfpFlags" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GfpFlags" }).ToList();
        var found = words.Where(access => access.Name.Identifier.ValueText == from).ToList();
        if (found.Count != 1 || words.Any(access => access != found[0] && System.Array.IndexOf(Waiting, access.Name.Identifier.ValueText) >= 0) || !IsPlain(found[0], node))
            return null;
        return root.ReplaceNode(found[0], found[0].WithName(SyntaxFactory.IdentifierName(to).WithTriviaFrom(found[0].Name)));
    }

    /// <summary>True when the word is an argument, or one of those that are put together with bars.</summary>
    private static bool IsPlain(ExpressionSyntax word, SyntaxNode around)
    {
        SyntaxNode at = word;
        while (at.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseOrExpression } or ParenthesizedExpressionSyntax)
            at = at.Parent;
        return at.Parent is ArgumentSyntax argument && (around.Span.Contains(argument.Span) || around.Span == argument.Span || argument.Span.Contains(around.Span))
            && (around is not InvocationExpressionSyntax call || argument.Parent == call.ArgumentList);
    }
}
