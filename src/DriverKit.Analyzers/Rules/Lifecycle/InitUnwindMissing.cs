using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8003: a path through Init ends in an error, and what a step before has registered, or allocated into a field, is still there. Interrupts are DK8007's, and memory that no
/// field has is DK3009's.</summary>
internal sealed class InitUnwindMissing() : FlowCheck(Descriptors.DK8003_InitUnwindMissing)
{
    public override void OnExit(ExitSite exit)
    {
        if (!Modules.IsOverride(exit.Body.Method, Modules.Init) || exit.State.IsLoose || exit.State.Objects.IsEmpty || exit.IsError != true)
            return;
        foreach (var entry in exit.State.Objects)
        {
            var tracked = entry.Value;
            if (tracked.By.Length > 0 && Modules.IsOfInit(entry.Key, tracked, exit.State))
            {
                string what = Tracked.IsRegistration(tracked.Allocator) ? "registered" : "made";
                exit.Report(new(Rule, tracked.At ?? exit.At, ImmutableArray.Create<object>(tracked.By, what, LineOf(exit.At)), exit.At, NoProperties));
            }
        }
    }
}
