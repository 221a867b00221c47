using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2007: puts the user-access function in the place of a statement, and answers <c>-EFAULT</c> when it fails.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UserPointerDereferencedFixer)), Shared]
public sealed class UserPointerDereferencedFixer() : RewriteFixProvider("DK2007", Key_CallUserAccess, "Call the user-access function")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallUserAccess = "DK2007_CallUserAccess";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (!diagnostic.Properties.ContainsKey("Function") || node.FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent.Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax statement } call } argument
            || !FixSyntax.MayReturn(statement) || UserAddress(argument.Expression) is not { } user)
            return null;
        var arguments = call.ArgumentList.Arguments;
        bool isFirst = arguments[0] == argument;
        string? condition = (FixSyntax.NameOf(call), arguments.Count) switch
        {
            ("Store", 2) when isFirst => $"PutUser({arguments[1]}, {user}).IsError",
            ("Memset", 3) when isFirst && arguments[1].Expression is LiteralExpressionSyntax { Token.Value: 0 } => $"ClearUser({user}, {arguments[2]}) != 0",
            ("Memcpy", 3) when isFirst => $"CopyToUser({user}, {arguments[1]}, {arguments[2]}) != 0",
            ("Memcpy", 3) when arguments[1] == argument => $"CopyFromUser({arguments[0]}, {user}, {arguments[2]}) != 0",
            _ => null,
        };
        return condition is null ? null : root.ReplaceNode(statement, FixSyntax.ReturnIf(condition, statement));
    }

    /// <summary>The user address whose number was taken; of a plain number, the address that it is.</summary>
    private static string? UserAddress(ExpressionSyntax made) => FixSyntax.AddressBehind(made)
        ?? (made is ObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } && arguments[0].Expression is IdentifierNameSyntax number ? $"new UserVirtualAddress({number})" : null);
}
