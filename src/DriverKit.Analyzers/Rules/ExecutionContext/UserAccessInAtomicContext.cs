using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1004: a page of a process may have to be brought in, and whoever touches it sleeps for it.</summary>
internal sealed class UserAccessInAtomicContext() : FlowCheck(Descriptors.DK1004_UserAccessInAtomicContext)
{
    /// <summary>In a diagnostic's properties: the name of the form for atomic context.</summary>
    public const string InatomicForm = nameof(InatomicForm);

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot | Reach.Sleep);

    public override void OnSleep(Sleep sleep)
    {
        if (sleep is not { Sort: SleepSort.UserAccess, Forbidden: { } hold, Site: var site })
            return;
        string? form = site.IsDirect ? site.Caller.ContractOf(site.Method).Find("UserAccess")?.Text(InatomicForm) : null;
        site.Report(ContextWords.Describe(Rule, sleep, hold) with { Properties = form is null ? NoProperties : NoProperties.Add(InatomicForm, form) });
    }
}
