using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4004: takes a reference for the page-table entry before the page is returned.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NopageWithoutGetPageFixer)), Shared]
public sealed class NopageWithoutGetPageFixer() : RewriteFixProvider("DK4004", Key_TakeAReference, "Take a reference with GetPage")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_TakeAReference = "DK4004_TakeAReference";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not ExpressionSyntax { Parent: ReturnStatementSyntax } page || Statements.InBlock(page) is not ReturnStatementSyntax statement)
            return null;
        bool mayBeNull = diagnostic.Properties.ContainsKey("MayBeNull");
        if (page is IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax)
            return Statements.InsertBefore(root, statement, Take(page.ToString(), mayBeNull));
        if (page is not InvocationExpressionSyntax)
            return null;
        string name = FreeName(page, "page");
        var returned = statement.WithExpression(SyntaxFactory.IdentifierName(name).WithTriviaFrom(page));
        var renamed = root.ReplaceNode(statement, returned.WithAdditionalAnnotations(Mark));
        var again = (StatementSyntax)System.Linq.Enumerable.Single(renamed.GetAnnotatedNodes(Mark));
        return Statements.InsertBefore(renamed, again, $"{(mayBeNull ? "Page?" : "Page")} {name} = {page.WithoutTrivia()};", Take(name, mayBeNull));
    }

    private static SyntaxAnnotation Mark { get; } = new();

    private static string Take(string page, bool mayBeNull) => mayBeNull ? $"if ({page} is not null)\n    GetPage({page});" : $"GetPage({page});";
}
