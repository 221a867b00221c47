using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK1003: <c>GfpFlags.Kernel</c> becomes <c>GfpFlags.Atomic</c> where it is written at the call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SleepingAllocationInAtomicContextFixer)), Shared]
public sealed class SleepingAllocationInAtomicContextFixer() : RewriteFixProvider("DK1003", Key_UseGfpAtomic, "Use GfpFlags.Atomic")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_UseGfpAtomic = "DK1003_UseGfpAtomic";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic) =>
        node is InvocationExpressionSyntax ? GfpFlagsRewrite.Replace(root, node, "Kernel", "Atomic") : null;
}
