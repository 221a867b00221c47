using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5005: asks <c>access_ok</c> before.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UncheckedUserAccessFixer)), Shared]
public sealed class UncheckedUserAccessFixer() : RewriteFixProvider("DK5005", Key_AskAccessOk, "Ask AccessOk before")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_AskAccessOk = "DK5005_AskAccessOk";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (!diagnostic.Properties.TryGetValue("Function", out var function) || node is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 3 } arguments } call
            || FixSyntax.NameOf(call) != function || call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !FixSyntax.MayReturn(statement))
            return null;
        var address = arguments[function == "CopyFromUserInatomic" ? 1 : 0].Expression;
        if (!IsPlain(address) || !IsPlain(arguments[2].Expression))
            return null;
        var check = FixSyntax.ReturnIf($"!AccessOk({address}, {arguments[2].Expression})", statement);
        return root.ReplaceNode(statement, [check.WithTrailingTrivia(SyntaxFactory.LineFeed), FixSyntax.Below(statement)]);
    }

    /// <summary>True for what may be computed twice.</summary>
    private static bool IsPlain(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or LiteralExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsPlain(access.Expression),
        ObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments, Initializer: null } => IsPlain(arguments[0].Expression),
        BinaryExpressionSyntax sum => IsPlain(sum.Left) && IsPlain(sum.Right),
        _ => false,
    };
}
