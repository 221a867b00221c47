using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1005: what the kernel calls in an interrupt, a softirq, a tasklet or a timer has no task that could sleep.</summary>
internal sealed class SleepInInterruptHandler() : FlowCheck(Descriptors.DK1005_SleepInInterruptHandler)
{
    private static readonly ImmutableHashSet<string> Others = ["DK1001", "DK1002", "DK1003", "DK1004"];

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Sleep);

    public override void OnEntry(EntrySite entry)
    {
        var store = entry.Store;
        if (!store.Contract.ForbidsSleep || store.Slot is IMethodSymbol || CallbackContextMismatch.IsCondition(store) || entry.IsDeclaredToSleep)
            return;
        foreach (var (effect, at) in entry.Raised.Sleeps(store.Contract, entry.Engine.Symbols))
        {
            if (!entry.Summary.Findings.Any(finding => finding.At == at && Others.Contains(finding.Rule.Id)))
                entry.Report(Describe(effect.Chain, store, at));
        }
    }

    private Finding Describe(ImmutableArray<string> chain, SlotStore store, Location at) =>
        new(Rule, at, [chain[0], Through(chain), store.Contract.Words, store.Name, LineOf(store.At)], store.At, NoProperties);
}
