using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4011: the assignment goes before the statement that maps, when both stand in one block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NoncachedTooLateFixer)), Shared]
public sealed class NoncachedTooLateFixer() : RewriteFixProvider("DK4011", Key_AssignBeforeMapping, "Assign the protection before the range is mapped")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_AssignBeforeMapping = "DK4011_AssignBeforeMapping";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (others.IsEmpty || node is not (AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } or InvocationExpressionSyntax { Parent: ExpressionStatementSyntax }) || node.FirstAncestorOrSelf<StatementSyntax>() is not { } late)
            return null;
        while (late.Parent is IfStatementSyntax { Else: null } around || (late.Parent is BlockSyntax { Statements.Count: 1, Parent: IfStatementSyntax { Else: null } outer } && (around = outer) is not null))
            late = around;
        var mapping = others[0].AncestorsAndSelf().OfType<StatementSyntax>().FirstOrDefault(statement => statement.Parent == late.Parent);
        if (mapping is null || late.Parent is not BlockSyntax block || mapping == late)
            return null;
        int to = block.Statements.IndexOf(mapping), from = block.Statements.IndexOf(late);
        if (to >= from)
            return null;
        var moved = late.WithLeadingTrivia(mapping.GetLeadingTrivia()).WithTrailingTrivia(mapping.GetTrailingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));
        var rest = block.Statements.RemoveAt(from);
        var statements = rest.Replace(rest[to], rest[to].WithLeadingTrivia(Statements.Indentation(mapping))).Insert(to, moved);
        return root.ReplaceNode(block, block.WithStatements(statements));
    }
}
