using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace DriverKit.Analyzers;

/// <summary>DK1009: <c>GfpFlags.Atomic</c> becomes <c>GfpFlags.Kernel</c> where it is written at the call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NeedlessAtomicAllocationFixer)), Shared]
public sealed class NeedlessAtomicAllocationFixer() : RewriteFixProvider("DK1009", Key_UseGfpKernel, "Use GfpFlags.Kernel")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_UseGfpKernel = "DK1009_UseGfpKernel";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic) =>
        GfpFlagsRewrite.Replace(root, node, "Atomic", "Kernel");
}
