using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK7003: gives the lock back before the return that leaves with it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LockNotReleasedOnPathFixer)), Shared]
public sealed class LockNotReleasedOnPathFixer() : RewriteFixProvider("DK7003", Key_UnlockBeforeReturn, "Give the lock back before the return")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_UnlockBeforeReturn = "DK7003_UnlockBeforeReturn";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not InvocationExpressionSyntax taken || LockCalls.NameOf(taken)?.Identifier.ValueText is not { } function || LockCalls.UnlockOf(function) is not { } unlock)
            return null;
        if (others.FirstOrDefault()?.FirstAncestorOrSelf<ReturnStatementSyntax>() is not { } leaves || !IsPlain(leaves.Expression))
            return null;
        string? more = null;
        if (taken.ArgumentList.Arguments.Count > 1)
        {
            // The flags: the variable that the lock has saved them in.
            more = taken.ArgumentList.Arguments[1].Expression switch
            {
                DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax variable } => variable.Identifier.ValueText,
                var expression => expression.ToString(),
            };
        }

        var give = SyntaxFactory.ExpressionStatement(LockCalls.With(taken.WithoutTrivia(), unlock, more));
        return Insert(root, leaves, give);
    }

    private static SyntaxNode Insert(SyntaxNode root, ReturnStatementSyntax leaves, StatementSyntax give)
    {
        var end = leaves.SyntaxTree.GetText().Lines[0] is { } line && line.EndIncludingLineBreak - line.End == 2 ? SyntaxFactory.CarriageReturnLineFeed : SyntaxFactory.LineFeed;
        var indent = leaves.GetLeadingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).LastOrDefault();
        if (leaves.Parent is BlockSyntax or SwitchSectionSyntax)
        {
            var before = give.WithLeadingTrivia(leaves.GetLeadingTrivia()).WithTrailingTrivia(end);
            return root.ReplaceNode(leaves, new SyntaxNode[] { before, leaves.WithLeadingTrivia(indent) });
        }

        // The body of an if without braces gets them.
        string outer = indent.ToString() is { Length: >= 4 } text ? text.Substring(4) : string.Empty;
        var margin = SyntaxFactory.Whitespace(outer);
        var block = SyntaxFactory.Block(
            SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithLeadingTrivia(margin).WithTrailingTrivia(end),
            SyntaxFactory.List([give.WithLeadingTrivia(indent).WithTrailingTrivia(end), leaves.WithLeadingTrivia(indent)]),
            SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithLeadingTrivia(margin).WithTrailingTrivia(end));
        return root.ReplaceNode(leaves, block);
    }

    /// <summary>True when it is the same after the unlock: what has been computed, and constants.</summary>
    private static bool IsPlain(ExpressionSyntax? returned) => returned switch
    {
        null => true,
        LiteralExpressionSyntax or IdentifierNameSyntax => true,
        PrefixUnaryExpressionSyntax prefix => IsPlain(prefix.Operand),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var type } } => char.IsUpper(type[0]),
        _ => false,
    };
}
