using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5001: asks for the result, and answers <c>-EFAULT</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UserCopyResultIgnoredFixer)), Shared]
public sealed class UserCopyResultIgnoredFixer() : RewriteFixProvider("DK5001", Key_ReturnEfault, "Return -EFAULT when it fails")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_ReturnEfault = "DK5001_ReturnEfault";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (node is not InvocationExpressionSyntax call || node.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !FixSyntax.MayReturn(statement))
            return null;
        bool isWhole = statement switch
        {
            ExpressionStatementSyntax expression => expression.Expression == call,
            LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer?.Value == call,
            _ => false,
        };
        string condition = diagnostic.Properties.TryGetValue("Counts", out var counts) && counts is not null ? $"{call} != 0" : $"{call}.IsError";
        return isWhole ? root.ReplaceNode(statement, FixSyntax.ReturnIf(condition, statement)) : null;
    }
}
