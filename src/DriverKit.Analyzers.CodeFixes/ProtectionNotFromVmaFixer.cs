using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4010: the area's own protection takes the place of the constant; how it is cached stays.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ProtectionNotFromVmaFixer)), Shared]
public sealed class ProtectionNotFromVmaFixer() : RewriteFixProvider("DK4010", Key_StartFromTheArea, "Start from the area's protection")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_StartFromTheArea = "DK4010_StartFromTheArea";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent.Parent: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 5 } arguments } call } argument
            || argument != arguments[4] || arguments[0] is not { NameColon: null, Expression: IdentifierNameSyntax area } || call.Expression is not IdentifierNameSyntax { Identifier.ValueText: "RemapPfnRange" or "IoRemapPfnRange" })
            return null;
        var constant = argument.Expression;
        while (constant is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "PgprotNoncached" or "PgprotWritecombine" }, ArgumentList.Arguments: { Count: 1 } inner })
            constant = inner[0].Expression;
        bool isWritten = constant is LiteralExpressionSyntax or DefaultExpressionSyntax or BaseObjectCreationExpressionSyntax
            or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "PageProtection" } };
        return isWritten ? root.ReplaceNode(constant, SyntaxFactory.ParseExpression($"{area}.VmPageProt").WithTriviaFrom(constant)) : null;
    }
}
