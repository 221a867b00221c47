using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7006: whoever turns interrupts off turns them on again as they were, and nobody else.</summary>
internal sealed class IrqFlagsMisused() : FlowCheck(Descriptors.DK7006_IrqFlagsMisused)
{
    /// <summary>In a diagnostic's properties: the flags are saved, or interrupts turned off, where they are off already.</summary>
    public const string Nested = nameof(Nested);

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot);

    /// <summary>Flags are saved over others that are still to be restored.</summary>
    public override void OnKernelCall(KernelCall call)
    {
        if (call.Method.Parameters.FirstOrDefault(static parameter => parameter is { RefKind: RefKind.Out, Type.Name: "IrqFlags" }) is not { } parameter)
            return;
        if (call.OperationOf(parameter.Ordinal) is not Microsoft.CodeAnalysis.Operations.ILocalReferenceOperation { Local: var local })
            return;
        if (call.State.Find(new Place.Variable(local))?.Id is not { } old || call.State.Holds.LastOrDefault(hold => hold.Resource == Resources.InterruptsOff && old.Equals(hold.Detail)) is not { } outer)
            return;
        if (call.State.Store.Count(entry => entry.Value.Id.Equals(old)) == 1)
            call.Report(Describe(call.LocationOf(parameter.Ordinal), $"What {outer.By} on line {LineOf(outer.At)} has saved in {local.Name} is lost here", "interrupts are off already: use the plain form, or another variable", outer.At, isNested: true));
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        var state = call.Caller.State;
        if (release.Resource != Resources.InterruptsOff || state.IsLoose || state.ReleasedAny)
            return;
        if (release.Detail is Sym.Const && !call.IsIndirect)
        {
            call.Caller.Report(Describe(call.Location, "These flags were never saved", "restore what the matching save has saved", null));
            return;
        }

        var off = state.Holds.Where(static other => other.Resource == Resources.InterruptsOff).ToList();
        if (hold is null || off.Count == 0)
            return;
        if (release.Detail is { } flags)
        {
            if (hold.Detail is { } saved && !saved.Equals(flags) && off.Any(other => flags.Equals(other.Detail)))
            {
                call.Caller.Report(Describe(call.Location, $"{hold.By} on line {LineOf(hold.At)} was the last to save flags, and these are others", "restore in the opposite order", hold.At));
                return;
            }
        }
        else if (off.Count > 1)
        {
            var outer = off[off.Count - 2];
            call.Caller.Report(Describe(call.Location, $"This turns interrupts on, and they were off before: {outer.By} on line {LineOf(outer.At)} still wants them off", "use the plain form", outer.At, isNested: true));
            return;
        }
        else
        {
            call.Caller.Raise(new InterruptsOn(state.EntryFacts(), [Body.NameOf(call.Method)], state.Released, state.ReleasedAny), call.Location);
        }

        if (off.Count == 1 && state.Holds.LastOrDefault(static other => other.Resource != Resources.InterruptsOff && Resources.IsLock(other.Resource) && other.With.Contains(Resources.InterruptsOff)) is { } held)
            call.Caller.Report(Describe(call.Location, $"This turns interrupts on while {held.By} on line {LineOf(held.At)} still holds its lock", "give the lock back first", held.At));
    }

    /// <summary>A helper turns interrupts on that were off when it was called.</summary>
    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not InterruptsOn on)
            return;
        if (site.HoldsAfter(on.Released, on.ReleasedAny).LastOrDefault(static hold => hold.Resource == Resources.InterruptsOff) is { } outer)
            site.Report(Describe(site.Location, $"{site.Chain[0]} turns interrupts on{Through(site.Chain)}, and {outer.By} on line {LineOf(outer.At)} still wants them off", "let it save the flags", outer.At));
        else
            site.Raise(new InterruptsOn(site.Guard, site.Chain, site.ReleasedBefore(on.Released), on.ReleasedAny || site.State.ReleasedAny));
    }

    /// <summary>A lock was given back by another form than it was taken by, and what it turned off stays off.</summary>
    public override void OnEnd(EndSite end)
    {
        foreach (var exit in end.Exits.Where(static exit => !exit.State.IsLoose))
        {
            foreach (var hold in exit.State.Holds.Where(hold => hold.HasLock && StaysForGood(hold, exit)))
            {
                if (end.Unlocks.FirstOrDefault(unlock => unlock.Hold is { } released && released.Site == hold.Site && Resources.IsLock(released.Resource)) is { } unlock)
                {
                    bool isIrq = hold.Resource == Resources.InterruptsOff;
                    string what = isIrq ? "interrupts" : "bottom halves";
                    string advice = hold.Detail is null ? "use the form that goes with it" : "restore the flags too";
                    end.Report(Describe(unlock.At, $"{hold.By} on line {LineOf(hold.At)} has turned {what} off, and this leaves them off", advice, hold.At));
                }
            }
        }
    }

    /// <summary>Nobody turns on again what was turned off: the flags are gone, or no other lock is held that would be given back by the other form.</summary>
    private static bool StaysForGood(Hold hold, ExitSite exit) => hold switch
    {
        { Resource: Resources.InterruptsOff, Detail: { } flags } => IsLocal(flags, exit),
        { Resource: Resources.InterruptsOff or Resources.BottomHalves } => !exit.State.Holds.Any(static other => Resources.IsLock(other.Resource)),
        _ => false,
    };

    /// <summary>True when nobody else can have the flags and restore them.</summary>
    private static bool IsLocal(Sym flags, ExitSite exit) =>
        !exit.State.Store.Any(entry => entry.Value.Id.Equals(flags) && entry.Key is not Place.Variable { Symbol: ILocalSymbol });

    private Finding Describe(Location at, string what, string advice, Location? cause, bool isNested = false) =>
        new(Rule, at, [what, advice], cause, isNested ? NoProperties.Add(Nested, null) : NoProperties);

    /// <summary>The method turns interrupts off and, whatever they were before, on.</summary>
    private sealed record InterruptsOn(Map<Sym, bool> Guard, ImmutableArray<string> Chain, EquatableArray<Release> Released, bool ReleasedAny) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(InterruptsOn), Released, ReleasedAny, Guard);
    }
}
