using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>A method takes a slot of kmap_atomic, and may have given it back when it returns.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that takes it.</param>
/// <param name="Slot">The slot's type.</param>
/// <param name="IsIrqOff">True when interrupts are off by then.</param>
/// <param name="Released">What the caller holds has been released by then.</param>
/// <param name="ReleasedAny">Anything the caller holds may have been released by then.</param>
internal sealed record KmapSlotEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Slot, bool IsIrqOff, EquatableArray<Release> Released, bool ReleasedAny)
    : Effect(Guard, Chain)
{
    public override object Identity => (nameof(KmapSlotEffect), Slot, IsIrqOff, Released, ReleasedAny, Guard);

    /// <summary>Tells of a slot that the call takes.</summary>
    public static void Raise(KernelCall call)
    {
        if (call.Name == "KmapAtomic" && call.Argument("type") is { Id: { IsFromEntry: true } slot })
            call.Raise(new KmapSlotEffect(call.State.EntryFacts(), [call.Name], slot, IsOff(call.State.Holds), call.State.Released, call.State.ReleasedAny));
    }

    /// <summary>Tells the caller's callers of a slot that a callee takes.</summary>
    public static void RaiseOn(KmapSlotEffect taken, CallSite site)
    {
        if (site.Lift(taken.Slot) is not { Id: { IsFromEntry: true } slot })
            return;
        bool isOff = taken.IsIrqOff || IsOff(site.HoldsAfter(taken.Released, taken.ReleasedAny));
        site.Raise(taken with
        {
            Guard = site.Guard,
            Chain = site.Chain,
            Slot = slot,
            IsIrqOff = isOff,
            Released = site.ReleasedBefore(taken.Released),
            ReleasedAny = taken.ReleasedAny || site.State.ReleasedAny,
        });
    }

    private static bool IsOff(EquatableArray<Hold> holds)
    {
        foreach (var hold in holds)
        {
            if (hold.Resource == Resources.InterruptsOff)
                return true;
        }

        return false;
    }
}
