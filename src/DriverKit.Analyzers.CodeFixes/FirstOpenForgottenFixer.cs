using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4007: calls the operation for the first area, after the operations are set.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FirstOpenForgottenFixer)), Shared]
public sealed class FirstOpenForgottenFixer() : RewriteFixProvider("DK4007", Key_CallOpen, "Call Open for the first area")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallOpen = "DK4007_CallOpen";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue("Open", out string? open) && open is not null
            && node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax area }, Parent: ExpressionStatementSyntax } assignment
            && Statements.InBlock(assignment) is { } statement
            ? Statements.InsertAfter(root, statement, $"{open}({area});")
            : null;
}
