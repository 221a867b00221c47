using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3009: what a path acquired is released or handed on when it ends.</summary>
internal sealed class LeakOnPath() : FlowCheck(Descriptors.DK3009_LeakOnPath)
{
    public override void OnExit(ExitSite exit)
    {
        if (exit.State.IsLoose)
            return;
        foreach (var entry in exit.State.Objects)
        {
            var leaked = entry.Value;
            if (leaked.Status != ObjectStatus.Owned || leaked.At is not { } at || !Releases.IsMemory(leaked.Allocator) || Releases.IsLeftBehind(exit, entry.Key) || IsDropped(at))
                continue;
            exit.Report(new(
                Rule, at, ImmutableArray.Create<object>(leaked.By, LineOf(exit.At), Releases.FunctionFor(leaked.Allocator)), exit.At, NoProperties));
        }
    }

    /// <summary>A call whose result nobody takes: that is what DK8001 says.</summary>
    private static bool IsDropped(Location at) =>
        at.SourceTree?.GetRoot().FindNode(at.SourceSpan, getInnermostNodeForTie: true).Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax;
}
