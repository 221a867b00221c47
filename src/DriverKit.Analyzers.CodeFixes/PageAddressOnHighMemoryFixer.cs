using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2005: maps the page around the statement.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PageAddressOnHighMemoryFixer)), Shared]
public sealed class PageAddressOnHighMemoryFixer() : RewriteFixProvider("DK2005", Key_Kmap, "Map the page around the statement")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_Kmap = "DK2005_Kmap";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>(static call => FixSyntax.NameOf(call) == "PageAddress") is not { } address || !address.ArgumentList.Arguments.Any(argument => argument.Span.Contains(node.Span)))
            return null;
        ExpressionSyntax use = address;
        while (use.Parent is BinaryExpressionSyntax sum)
            use = sum;
        if (use.Parent is not ArgumentSyntax || address.FirstAncestorOrSelf<StatementSyntax>() is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax) || address.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement)
            return null;
        string indent = statement.GetLeadingTrivia().LastOrDefault(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToString();
        string mapped = FreeName(statement, "mapped");
        string page = address.ArgumentList.Arguments[0].ToString();
        var map = SyntaxFactory.ParseStatement($"KernelVirtualAddress {mapped} = Kmap({page});\n").WithLeadingTrivia(statement.GetLeadingTrivia());
        var unmap = SyntaxFactory.ParseStatement($"{indent}Kunmap({page});\n");
        var inside = FixSyntax.Below(statement.ReplaceNode(address, SyntaxFactory.IdentifierName(mapped).WithTriviaFrom(address)));
        return root.ReplaceNode(statement, [map, inside, unmap]);
    }
}
