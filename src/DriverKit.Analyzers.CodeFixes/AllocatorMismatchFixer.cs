using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK3008: calls the function that belongs to the allocation, or gives the order it was made with.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AllocatorMismatchFixer)), Shared]
public sealed class AllocatorMismatchFixer() : RewriteFixProvider("DK3008", Key_ReleaseAsAllocated, "Release it as it was allocated")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_ReleaseAsAllocated = "DK3008_ReleaseAsAllocated";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { ArgumentList.Arguments: { Count: > 0 } arguments } call)
            return null;
        var memory = arguments[arguments.Count > 1 && MappingCall.NameOf(call.Expression) == "KmemCacheFree" ? 1 : 0].Expression.WithoutTrivia();
        if (diagnostic.Properties.TryGetValue("Order", out string? order) && order is not null)
            return root.ReplaceNode(call, MappingCall.Invoke(order == "0" ? "FreePage" : "FreePages", order == "0" ? [memory] : [memory, SyntaxFactory.ParseExpression(order)]).WithTriviaFrom(call));
        if (!diagnostic.Properties.TryGetValue("Function", out string? function) || function is null)
            return null;
        return root.ReplaceNode(call, MappingCall.Invoke(function, function == "Vfree" ? WithoutCast(memory) : memory).WithTriviaFrom(call));
    }

    /// <summary>The cast down got in the way.</summary>
    private static ExpressionSyntax WithoutCast(ExpressionSyntax expression) => expression switch
    {
        CastExpressionSyntax cast => WithoutCast(cast.Expression),
        ParenthesizedExpressionSyntax parenthesized => WithoutCast(parenthesized.Expression),
        _ => expression.WithoutTrivia(),
    };
}
