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
            if (tracked.By.Length > 0 && IsOfInit(entry.Key, tracked, exit.State))
            {
                string what = Tracked.IsRegistration(tracked.Allocator) ? "registered" : "made";
                exit.Report(new(Rule, tracked.At ?? exit.At, ImmutableArray.Create<object>(tracked.By, what, LineOf(exit.At)), exit.At, NoProperties));
            }
        }
    }

    /// <summary>A registration that nobody else has been told of, or an object that a field of the module has.</summary>
    private static bool IsOfInit(Sym name, Tracked tracked, State state)
    {
        if (tracked.Allocator is "Irq" or "Kmap" or Tracked.PageReference or Tracked.Kref)
            return false;
        if (Tracked.IsRegistration(tracked.Allocator))
            return tracked.Status == ObjectStatus.Owned;
        if (!tracked.IsLive)
            return false;
        foreach (var cell in state.Store)
        {
            if (cell.Key is Place.Cell && cell.Value.Id.Equals(name))
                return true;
        }

        return false;
    }
}
