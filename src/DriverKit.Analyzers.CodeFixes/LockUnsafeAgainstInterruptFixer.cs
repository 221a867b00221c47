using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK7005: takes the lock with interrupts off, and gives it back with them as they were.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LockUnsafeAgainstInterruptFixer)), Shared]
public sealed class LockUnsafeAgainstInterruptFixer() : RewriteFixProvider("DK7005", Key_SaveFlags, "Take the lock with interrupts off")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_SaveFlags = "DK7005_SaveFlags";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (node is not InvocationExpressionSyntax taken || LockCalls.NameOf(taken)?.Identifier.ValueText is not ("SpinLock" or "ReadLock" or "WriteLock" or "SpinLockBh" or "ReadLockBh" or "WriteLockBh"))
            return null;
        var unlocks = LockCalls.UnlocksAfter(taken);
        if (unlocks.IsEmpty)
            return null;
        string flags = FreeName(taken, "flags");
        return root.ReplaceNodes([taken, .. unlocks], (old, _) => old == taken
            ? LockCalls.With(old, Kind(old) + "LockIrqsave", $"out IrqFlags {flags}")
            : LockCalls.With(old, Kind(old) + "UnlockIrqrestore", flags));
    }

    /// <summary>Spin, Read or Write.</summary>
    private static string Kind(InvocationExpressionSyntax call)
    {
        string name = LockCalls.NameOf(call)!.Identifier.ValueText;
        return name.StartsWith("Spin", System.StringComparison.Ordinal) ? "Spin" : name.StartsWith("Read", System.StringComparison.Ordinal) ? "Read" : "Write";
    }
}
