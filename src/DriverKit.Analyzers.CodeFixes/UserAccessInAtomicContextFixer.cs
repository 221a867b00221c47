using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK1004: calls the form for atomic context. It does not check the address, so it is offered only where <c>access_ok</c> has been asked before.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UserAccessInAtomicContextFixer)), Shared]
public sealed class UserAccessInAtomicContextFixer() : RewriteFixProvider("DK1004", Key_CallInatomicForm, "Call the form for atomic context")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallInatomicForm = "DK1004_CallInatomicForm";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not InvocationExpressionSyntax call || !diagnostic.Properties.TryGetValue("InatomicForm", out string? form) || form is null || !HasAskedAccessOk(call))
            return null;
        var name = call.Expression switch
        {
            IdentifierNameSyntax identifier => identifier,
            MemberAccessExpressionSyntax { Name: IdentifierNameSyntax identifier } => identifier,
            _ => null,
        };
        return name is null ? null : root.ReplaceNode(name, SyntaxFactory.IdentifierName(form).WithTriviaFrom(name));
    }

    private static bool HasAskedAccessOk(InvocationExpressionSyntax call) =>
        call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
        && member.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(other => other.SpanStart < call.SpanStart
            && other.Expression is IdentifierNameSyntax { Identifier.ValueText: "AccessOk" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AccessOk" });
}
