using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>What fixes put into the code that they change.</summary>
internal static class FixSyntax
{
    private static readonly string[] Takers =
    [
        "Lock", "Trylock", "Kmap", "Kmalloc", "Kzalloc", "Kcalloc", "Alloc", "GetFreePage", "GetZeroedPage", "Vmalloc", "Ioremap", "Request", "Register", "Down", "Disable", "GetPage", "TryModuleGet", "Irqsave",
    ];

    /// <summary>True where a new <c>return</c> leaves nothing behind: it stands in a block, and nothing was taken before.</summary>
    public static bool MayReturn(StatementSyntax statement)
    {
        if (statement.Parent is not BlockSyntax)
            return false;
        var function = statement.Ancestors().FirstOrDefault(static node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax);
        return function is not null && !function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
            call.SpanStart < statement.SpanStart && NameOf(call) is { } name && Takers.Any(taker => name.IndexOf(taker, StringComparison.Ordinal) >= 0));
    }

    public static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary><c>if (condition) return -EFAULT;</c>, indented as the statement whose place it takes or that it comes before.</summary>
    public static StatementSyntax ReturnIf(string condition, StatementSyntax statement)
    {
        string indent = statement.GetLeadingTrivia().LastOrDefault(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToString();
        return SyntaxFactory.ParseStatement($"if ({condition})\n{indent}    return -EFAULT;").WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia());
    }

    /// <summary>The statement without the comments above it, for one that is put behind another.</summary>
    public static StatementSyntax Below(StatementSyntax statement) =>
        statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1));

    /// <summary>The address whose number the expression makes into another kind: <c>new KernelVirtualAddress(address.Value + 4)</c> is <c>address + 4ul</c>.</summary>
    public static string? AddressBehind(ExpressionSyntax made)
    {
        if (made is not BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments, Initializer: null })
            return null;
        return arguments[0].Expression switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } number => number.Expression.ToString(),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression, Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } number, Right: var distance } =>
                $"{number.Expression} + {Wide(distance)}",
            _ => null,
        };
    }

    public static ExpressionSyntax Parenthesized(ExpressionSyntax expression) =>
        expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or LiteralExpressionSyntax or ParenthesizedExpressionSyntax
            ? expression.WithoutTrivia()
            : SyntaxFactory.ParenthesizedExpression(expression.WithoutTrivia());

    /// <summary>A number of 64 bits: an address can be moved by one with a sign and by one without.</summary>
    private static string Wide(ExpressionSyntax number) =>
        number is LiteralExpressionSyntax { Token.Value: int } literal ? $"{literal}ul" : number is LiteralExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax ? number.ToString() : $"({number})";
}
