using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>Calls that take and give back locks, as they are written.</summary>
internal static class LockCalls
{
    private static readonly ImmutableDictionary<string, string> Unlocks = new Dictionary<string, string>
    {
        ["SpinLock"] = "SpinUnlock",
        ["SpinLockBh"] = "SpinUnlockBh",
        ["SpinLockIrq"] = "SpinUnlockIrq",
        ["SpinLockIrqsave"] = "SpinUnlockIrqrestore",
        ["SpinTrylock"] = "SpinUnlock",
        ["ReadLock"] = "ReadUnlock",
        ["ReadLockBh"] = "ReadUnlockBh",
        ["ReadLockIrq"] = "ReadUnlockIrq",
        ["ReadLockIrqsave"] = "ReadUnlockIrqrestore",
        ["ReadTrylock"] = "ReadUnlock",
        ["WriteLock"] = "WriteUnlock",
        ["WriteLockBh"] = "WriteUnlockBh",
        ["WriteLockIrq"] = "WriteUnlockIrq",
        ["WriteLockIrqsave"] = "WriteUnlockIrqrestore",
        ["WriteTrylock"] = "WriteUnlock",
        ["WriteSeqlock"] = "WriteSequnlock",
        ["WriteSeqlockBh"] = "WriteSequnlockBh",
        ["WriteSeqlockIrq"] = "WriteSequnlockIrq",
        ["WriteSeqlockIrqsave"] = "WriteSequnlockIrqrestore",
        ["MutexLock"] = "MutexUnlock",
        ["MutexLockInterruptible"] = "MutexUnlock",
        ["MutexTrylock"] = "MutexUnlock",
        ["Down"] = "Up",
        ["DownInterruptible"] = "Up",
        ["DownTrylock"] = "Up",
        ["DownRead"] = "UpRead",
        ["DownReadTrylock"] = "UpRead",
        ["DownWrite"] = "UpWrite",
        ["DownWriteTrylock"] = "UpWrite",
    }.ToImmutableDictionary();

    /// <summary>The function's name as it is written last.</summary>
    public static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        _ => null,
    };

    /// <summary>The function that gives back what another takes; null when it takes nothing.</summary>
    public static string? UnlockOf(string function) => Unlocks.GetValueOrDefault(function);

    /// <summary>What is locked, as it is written.</summary>
    public static string? ObjectOf(InvocationExpressionSyntax call) => call.ArgumentList.Arguments.FirstOrDefault()?.Expression.ToString();

    /// <summary>The same call of another function, with other arguments after the lock.</summary>
    public static InvocationExpressionSyntax With(InvocationExpressionSyntax call, string function, string? more = null)
    {
        var written = NameOf(call)!;
        var arguments = SyntaxFactory.ParseArgumentList(more is null ? $"({ObjectOf(call)})" : $"({ObjectOf(call)}, {more})");
        return call.ReplaceNode(written, SyntaxFactory.IdentifierName(function).WithTriviaFrom(written)).WithArgumentList(arguments.WithTriviaFrom(call.ArgumentList));
    }

    /// <summary>The unlocks of the same lock after the call, in the statements it stands in, up to where it is taken again; none when that is not all in sight.</summary>
    public static ImmutableArray<InvocationExpressionSyntax> UnlocksAfter(InvocationExpressionSyntax call)
    {
        if (NameOf(call)?.Identifier.ValueText is not { } function || UnlockOf(function) is not { } unlock
            || call.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement)
            return [];
        var found = ImmutableArray.CreateBuilder<InvocationExpressionSyntax>();
        foreach (var next in block.Statements.SkipWhile(other => other != statement).Skip(1))
        {
            if (next is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax again } && IsLockOf(again, call))
                break;
            foreach (var other in next.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(other => ObjectOf(other) == ObjectOf(call)))
            {
                if (NameOf(other)?.Identifier.ValueText != unlock)
                    return [];
                found.Add(other);
            }
        }

        return found.ToImmutable();
    }

    private static bool IsLockOf(InvocationExpressionSyntax again, InvocationExpressionSyntax call) =>
        NameOf(again) is { } name && UnlockOf(name.Identifier.ValueText) is not null && ObjectOf(again) == ObjectOf(call);
}
