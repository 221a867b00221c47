using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK7006: where interrupts are off already, the inner lock is taken and given back by the plain forms.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IrqFlagsMisusedFixer)), Shared]
public sealed class IrqFlagsMisusedFixer() : RewriteFixProvider("DK7006", Key_UsePlainForm, "Take the inner lock by the plain form")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_UsePlainForm = "DK7006_UsePlainForm";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.ContainsKey("Nested") || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call)
            return null;
        var taken = IsUnlock(call) ? LockBefore(call) : call;
        if (taken is null || LockCalls.NameOf(taken)?.Identifier.ValueText is not { } function || !function.EndsWith("LockIrq", System.StringComparison.Ordinal) && !function.EndsWith("LockIrqsave", System.StringComparison.Ordinal))
            return null;
        var unlocks = LockCalls.UnlocksAfter(taken);
        if (unlocks.IsEmpty || (IsUnlock(call) && !unlocks.Contains(call)))
            return null;
        return root.ReplaceNodes([taken, .. unlocks], static (old, _) => LockCalls.With(old, Plain(LockCalls.NameOf(old)!.Identifier.ValueText)));
    }

    private static bool IsUnlock(InvocationExpressionSyntax call) => LockCalls.NameOf(call)?.Identifier.ValueText.Contains("Unlock") == true;

    /// <summary>The lock that the unlock is for: the last of the same one before it in the same statements.</summary>
    private static InvocationExpressionSyntax? LockBefore(InvocationExpressionSyntax unlock) =>
        unlock.Parent is ExpressionStatementSyntax { Parent: BlockSyntax block } statement
            ? block.Statements.TakeWhile(other => other != statement).OfType<ExpressionStatementSyntax>().Select(static other => other.Expression).OfType<InvocationExpressionSyntax>()
                .LastOrDefault(other => LockCalls.ObjectOf(other) == LockCalls.ObjectOf(unlock) && LockCalls.NameOf(other) is { } name && LockCalls.UnlockOf(name.Identifier.ValueText) == LockCalls.NameOf(unlock)!.Identifier.ValueText)
            : null;

    /// <summary>Without Irq, Irqsave or Irqrestore.</summary>
    private static string Plain(string function) => function.Substring(0, function.LastIndexOf("Irq", System.StringComparison.Ordinal));
}
