using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK3001: gives kunmap the page and kunmap_atomic the address and the slot that were mapped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KunmapWrongArgumentFixer)), Shared]
public sealed class KunmapWrongArgumentFixer() : RewriteFixProvider("DK3001", Key_GiveWhatWasMapped, "Give what was mapped")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_GiveWhatWasMapped = "DK3001_GiveWhatWasMapped";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.TryGetValue("Fix", out string? fix) || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || MappingCall.From(others.FirstOrDefault()) is not { } map)
            return null;
        return fix switch
        {
            "Page" when !map.IsAtomic && map.Page is { } page => WithArgument(root, call, 0, page),
            "Address" when map is { IsAtomic: true, Address: { } address } => WithArgument(root, call, 0, address),
            "Slot" when map is { IsAtomic: true, Slot: { } slot } => WithArgument(root, call, 1, slot),
            "Kunmap" when !map.IsAtomic && map.Unmap is { } unmap => root.ReplaceNode(call, unmap.WithTriviaFrom(call)),
            "KunmapAtomic" when map.IsAtomic && map.Unmap is { } unmap => root.ReplaceNode(call, unmap.WithTriviaFrom(call)),
            _ => null,
        };
    }

    private static SyntaxNode? WithArgument(SyntaxNode root, InvocationExpressionSyntax call, int index, ExpressionSyntax value) =>
        index < call.ArgumentList.Arguments.Count && call.ArgumentList.Arguments[index].Expression is var old ? root.ReplaceNode(old, value.WithTriviaFrom(old)) : null;
}
