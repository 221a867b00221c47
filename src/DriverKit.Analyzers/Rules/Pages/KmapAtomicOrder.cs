using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3002: a slot of kmap_atomic is taken once, and slots are given back in the reverse order.</summary>
internal sealed class KmapAtomicOrder() : FlowCheck(Descriptors.DK3002_KmapAtomicOrder)
{
    public override void OnKernelCall(KernelCall call)
    {
        KmapSlotEffect.Raise(call);
        if (call.Name == "KmapAtomic" && call.Argument("type") is { } slot && HoldOf(call.State.Holds, call.State.Resolve(slot.Id)) is { } held)
            ReportTaken(call.Name, held, call.Location, call.Caller);
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not KmapSlotEffect taken)
            return;
        KmapSlotEffect.RaiseOn(taken, site);
        if (site.Lift(taken.Slot) is { } slot && HoldOf(site.HoldsAfter(taken.Released, taken.ReleasedAny), site.State.Resolve(slot.Id)) is { } held)
            ReportTaken(site.Chain[0], held, site.Location, site.Caller);
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        if (hold is not { Resource: Resources.KmapAtomicSlot, Object: { } address } || !address.Equals(release.Object))
            return;
        Hold? later = null;
        bool isLater = false;
        foreach (var other in call.Caller.State.Holds)
        {
            if (isLater && other.Resource == Resources.KmapAtomicSlot)
                later = other;
            isLater |= ReferenceEquals(other, hold);
        }

        if (later is null)
            return;
        call.Caller.Report(new(
            Rule,
            call.Location,
            ImmutableArray.Create<object>(
                $"{Body.NameOf(call.Method)} gives back the slot that {hold.By} took on line {LineOf(hold.At)}",
                $"the one that {later.By} took on line {LineOf(later.At)} must go first"),
            later.At,
            NoProperties));
    }

    private void ReportTaken(string by, Hold held, Location at, Evaluator caller) => caller.Report(new(
        Rule,
        at,
        ImmutableArray.Create<object>($"{by} takes the slot that {held.By} took on line {LineOf(held.At)}", "use another slot, or give it back before"),
        held.At,
        NoProperties));

    private static Hold? HoldOf(EquatableArray<Hold> holds, Sym slot)
    {
        foreach (var hold in holds)
        {
            if (hold is { Resource: Resources.KmapAtomicSlot, Detail: { } type } && type.Equals(slot))
                return hold;
        }

        return null;
    }
}
