using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5006: allocates zeroed memory.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UninitializedMemoryToUserFixer)), Shared]
public sealed class UninitializedMemoryToUserFixer() : RewriteFixProvider("DK5006", Key_Zero, "Allocate zeroed memory")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_Zero = "DK5006_Zero";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (others.Length != 1 || others[0].FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Expression: IdentifierNameSyntax function } call)
            return null;
        string? zeroed = function.Identifier.ValueText switch { "Kmalloc" => "Kzalloc", "KmemCacheAlloc" => "KmemCacheZalloc", "GetFreePage" => "GetZeroedPage", _ => null };
        if (zeroed is not null)
            return root.ReplaceNode(function, SyntaxFactory.IdentifierName(zeroed).WithTriviaFrom(function));
        int index = function.Identifier.ValueText switch { "AllocPage" or "AllocPages" or "GetFreePages" => 0, "AllocPagesNode" => 1, _ => -1 };
        if (index < 0 || index >= call.ArgumentList.Arguments.Count)
            return null;
        var flags = call.ArgumentList.Arguments[index].Expression;
        return root.ReplaceNode(flags, SyntaxFactory.ParseExpression($"{flags} | GfpFlags.Zero").WithTriviaFrom(flags));
    }
}
