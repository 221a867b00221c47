using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>Puts statements beside others, as they would be written there.</summary>
internal static class Statements
{
    /// <summary>The statement around a node when it stands in a block, so that others can stand beside it; null when it does not.</summary>
    public static StatementSyntax? InBlock(SyntaxNode node) =>
        node.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax or SwitchSectionSyntax } statement && IsOwn(node, statement) ? statement : null;

    /// <summary>The root with the lines before the statement. What stands before the statement, a blank line or a comment, stands before the lines then.</summary>
    public static SyntaxNode InsertBefore(SyntaxNode root, StatementSyntax statement, params string[] lines)
    {
        var indent = Indentation(statement);
        var added = Parse(lines, indent);
        added[0] = added[0].WithLeadingTrivia(statement.GetLeadingTrivia());
        return root.ReplaceNode(statement, [.. added, statement.WithLeadingTrivia(indent)]);
    }

    /// <summary>The root with the lines after the statement.</summary>
    public static SyntaxNode InsertAfter(SyntaxNode root, StatementSyntax statement, params string[] lines) =>
        root.ReplaceNode(statement, [statement, .. Parse(lines, Indentation(statement))]);

    /// <summary>The white space that the statement's line begins with.</summary>
    public static SyntaxTriviaList Indentation(SyntaxNode statement)
    {
        var last = statement.GetLeadingTrivia().LastOrDefault();
        return last.IsKind(SyntaxKind.WhitespaceTrivia) ? SyntaxFactory.TriviaList(last) : SyntaxFactory.TriviaList();
    }

    private static List<StatementSyntax> Parse(IEnumerable<string> lines, SyntaxTriviaList indent) =>
    [
        .. lines.Select(line => SyntaxFactory.ParseStatement(line.Replace("\n", $"\n{indent}")).WithLeadingTrivia(indent).WithTrailingTrivia(SyntaxFactory.LineFeed)),
    ];

    /// <summary>False when the node is in a lambda or a local function inside the statement.</summary>
    private static bool IsOwn(SyntaxNode node, StatementSyntax statement) =>
        !node.Ancestors().TakeWhile(ancestor => ancestor != statement).Any(static ancestor => ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);
}
