using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4009: a single page of the driver's own is inserted instead of remapped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemapOfUnreservedRamFixer)), Shared]
public sealed class RemapOfUnreservedRamFixer() : RewriteFixProvider("DK4009", Key_InsertThePage, "Insert the page with VmInsertPage")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_InsertThePage = "DK4009_InsertThePage";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        // The pages of kmalloc are the allocator's: they must not be given to a process one by one.
        if (!diagnostic.Properties.ContainsKey("IsPages") || node is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax, ArgumentList.Arguments: { Count: 5 } arguments } call)
            return null;
        foreach (var argument in arguments)
        {
            if (argument.NameColon is not null)
                return null;
        }

        if (arguments[3].Expression is not IdentifierNameSyntax { Identifier.ValueText: "PageSize" } || PageOf(arguments[2].Expression) is not { } page)
            return null;
        return root.ReplaceNode(call, SyntaxFactory.ParseExpression($"VmInsertPage({arguments[0]}, {arguments[1]}, {page})").WithTriviaFrom(call));
    }

    /// <summary>The page whose frame an expression is; null when it is not written as one.</summary>
    private static string? PageOf(ExpressionSyntax frame) => frame switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Pfn" } access => access.Expression.ToString(),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var name }, ArgumentList.Arguments: { Count: 1 } arguments } => name switch
        {
            "PageToPfn" => arguments[0].ToString(),
            "VmallocToPfn" => $"VmallocToPage({arguments[0]})!",
            _ => null,
        },
        InvocationExpressionSyntax
        {
            ArgumentList.Arguments.Count: 0,
            Expression: MemberAccessExpressionSyntax
            {
                Name.Identifier.ValueText: "ToPfn",
                Expression: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Pa" or "VirtToPhys" }, ArgumentList.Arguments: { Count: 1 } address },
            },
        } => $"VirtToPage({address[0]})",
        _ => null,
    };
}
