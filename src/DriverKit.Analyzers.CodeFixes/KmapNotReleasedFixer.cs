using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK3003: unmaps before the path leaves, where no path can have unmapped already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KmapNotReleasedFixer)), Shared]
public sealed class KmapNotReleasedFixer() : RewriteFixProvider("DK3003", Key_UnmapBeforeLeaving, "Unmap before leaving")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_UnmapBeforeLeaving = "DK3003_UnmapBeforeLeaving";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (MappingCall.From(node) is not { Unmap: { } unmap } map || map.Call.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax scope })
            return null;
        var statement = SyntaxFactory.ExpressionStatement(unmap);
        return others.FirstOrDefault()?.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            ReturnStatementSyntax leave when leave.Ancestors().Contains(scope) && !MayBeUnmapped(scope, map.Call, leave) && !Uses(leave.Expression, map) => Before(root, leave, statement),
            BlockSyntax end when end == scope && end.Statements.Count > 0 && end.Statements.Last() is not ReturnStatementSyntax && !MayBeUnmapped(scope, map.Call, end) => AtEnd(root, end, statement),
            _ => null,
        };
    }

    /// <summary>True when something between the two takes a mapping back and goes on.</summary>
    private static bool MayBeUnmapped(BlockSyntax scope, SyntaxNode map, SyntaxNode leave) =>
        scope.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
            call.SpanStart > map.SpanStart && (leave is BlockSyntax || call.SpanStart < leave.SpanStart) && MappingCall.NameOf(call.Expression) is "Kunmap" or "KunmapAtomic"
            && !(call.FirstAncestorOrSelf<BlockSyntax>() is { } block && block != scope && !leave.Ancestors().Contains(block) && block.Statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax));

    private static bool Uses(ExpressionSyntax? value, MappingCall map) =>
        value is not null && (value.DescendantNodesAndSelf().Contains(map.Call)
            || (map.Address is { } address && value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == address.ToString())));

    private static SyntaxNode Before(SyntaxNode root, ReturnStatementSyntax leave, StatementSyntax unmap)
    {
        if (leave.Parent is BlockSyntax or SwitchSectionSyntax)
        {
            var before = unmap.WithLeadingTrivia(leave.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.LineFeed);
            return root.ReplaceNode(leave, [before, leave.WithLeadingTrivia(SyntaxFactory.Whitespace(IndentOf(leave)))]);
        }

        string indent = IndentOf(leave);
        string outer = indent.Length >= 4 ? indent.Substring(4) : string.Empty;
        var block = SyntaxFactory.ParseStatement($"{outer}{{\n{indent}{unmap}\n{indent}{leave.WithoutTrivia()}\n{outer}}}\n");
        return root.ReplaceNode(leave, block.WithTrailingTrivia(leave.GetTrailingTrivia()));
    }

    private static SyntaxNode AtEnd(SyntaxNode root, BlockSyntax end, StatementSyntax unmap) => root.InsertNodesAfter(
        end.Statements.Last(),
        [unmap.WithLeadingTrivia(SyntaxFactory.Whitespace(IndentOf(end.Statements.Last()))).WithTrailingTrivia(SyntaxFactory.LineFeed)]);

    private static string IndentOf(SyntaxNode node)
    {
        string line = node.SyntaxTree.GetText().Lines.GetLineFromPosition(node.SpanStart).ToString();
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }
}
