using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1007: a method that says it may sleep does not fit a place from which nothing may; nor does a condition of wait_event that sleeps. An async method fits no place: what follows its first
/// await runs when the kernel has gone on.</summary>
internal sealed class CallbackContextMismatch() : FlowCheck(Descriptors.DK1007_CallbackContextMismatch)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    public override void OnSlot(SlotStore store, Evaluator evaluator)
    {
        if (store.Target.Method.IsAsync)
        {
            evaluator.Report(new(Rule, store.At, [Body.NameOf(store.Target.Method), "is async", store.Name, store.Contract.Words, "make it a method that is done when it returns; what follows an await runs outside of the kernel"], null, NoProperties));
            return;
        }

        if (!store.Contract.ForbidsSleep)
            return;
        bool isDeclared = evaluator.ContractOf(store.Target.Method).Find("MightSleep") is { } contract && contract.Text("FlagsParameter") is null;
        string? culprit = isDeclared ? string.Empty : IsCondition(store) ? Culprit(store, evaluator) : null;
        if (culprit is null)
            return;
        string why = culprit.Length > 0 ? $"calls {culprit}" : "is [MightSleep]";
        evaluator.Report(new(
            Rule, store.At, [Body.NameOf(store.Target.Method), why, store.Name, store.Contract.Words, "give it to a slot that may sleep, or make it a method that does not"], null, NoProperties));
    }

    /// <summary>True for the condition of wait_event and its kin.</summary>
    public static bool IsCondition(SlotStore store) => store.Slot is IParameterSymbol { Name: "condition", ContainingSymbol: IMethodSymbol { Name: var function } }
        && function.StartsWith("WaitEvent", System.StringComparison.Ordinal);

    /// <summary>The function by which the condition sleeps.</summary>
    private static string? Culprit(SlotStore store, Evaluator evaluator) =>
        evaluator.SummaryOf(store.Target).Raised.Sleeps(store.Contract, evaluator.Symbols).Select(static pair => pair.Effect.Culprit).FirstOrDefault();
}
