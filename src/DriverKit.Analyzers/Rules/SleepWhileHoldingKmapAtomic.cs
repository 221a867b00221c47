using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules;

/// <summary>DK1002: nothing may sleep while a kmap_atomic slot is held, because the next task on the CPU would take the slot over.</summary>
internal sealed class SleepWhileHoldingKmapAtomic() : FlowCheck(Descriptors.DK1002_SleepWhileHoldingKmapAtomic)
{
    /// <summary><c>__GFP_WAIT</c>.</summary>
    private const ulong Wait = 0x10;

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot | Reach.Sleep);

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is SleepEffect sleep)
            OnSleep(sleep, site);
        else if (effect is InvokeEffect invoke)
            OnInvoke(invoke, site);
    }

    public override void OnInvoke(Value target, Evaluator evaluator)
    {
        if (!target.Id.IsFromEntry || target.Id is Sym.Const)
            return;
        var state = evaluator.State;
        var guard = state.EntryFacts();
        evaluator.Raise(new InvokeEffect(guard, [], target.Id, state.Released, state.Slots.LastOrDefault()));
    }

    /// <summary>A callee calls a delegate: if it is known here what that is, it is as if it were called here.</summary>
    private void OnInvoke(InvokeEffect invoke, CallSite site)
    {
        if (site.Lift(invoke.Delegate) is not { } value)
            return;
        var slot = invoke.Inner ?? Held(invoke.Released, site.State);
        int released = ReleasedBy(invoke.Released, site.State);
        if (value.Target is not { } target)
        {
            if (value.Id.IsFromEntry && value.Id is not Sym.Const)
                site.Raise(new InvokeEffect(site.Guard, site.Chain, value.Id, released, slot));
            return;
        }

        foreach (var sleep in site.SummaryOf(target).Effects.OfType<SleepEffect>())
        {
            if (sleep is not { Flags: null, Inner: null, Guard.IsEmpty: true, Released: 0 })
                continue;
            var chain = site.Chain.Add(Body.NameOf(target.Method)).AddRange(sleep.Chain);
            if (slot is not null)
                site.Report(Describe(chain, slot, site.LocationOf(invoke.Delegate)));
            site.Raise(new SleepEffect(site.Guard, chain, released, null, null));
        }
    }

    private void OnSleep(SleepEffect sleep, CallSite site)
    {
        var flags = sleep.Flags is null ? null : site.Lift(sleep.Flags)?.Id;
        bool? sleeps = sleep.Flags is null ? true : flags is null ? false : MaySleep(flags, site.State);
        bool callerDecides = sleeps is null && flags!.IsFromEntry;
        if (sleeps == false || (sleeps is null && !callerDecides))
            return;

        var held = Held(sleep.Released, site.State);
        if (!callerDecides && (held ?? sleep.Inner) is { } slot)
            site.Report(Describe(site.Chain, slot, site.Location));
        site.Raise(new SleepEffect(site.Guard, site.Chain, ReleasedBy(sleep.Released, site.State), callerDecides ? flags : null, callerDecides ? held ?? sleep.Inner : null));
    }

    /// <summary>The latest slot that is still held when the callee sleeps.</summary>
    private static Slot? Held(int released, State state) => released < state.Slots.Count ? state.Slots[state.Slots.Count - 1 - released] : null;

    private static int ReleasedBy(int released, State state)
    {
        if (released == State.ReleasedAll || state.Released == State.ReleasedAll)
            return State.ReleasedAll;
        return state.Released + System.Math.Max(0, released - state.Slots.Count);
    }

    /// <summary>Whether allocation flags let the allocator sleep; null when only the caller, or nobody, knows.</summary>
    private static bool? MaySleep(Sym flags, State state)
    {
        flags = state.Resolve(flags);
        if (SymFactory.NumberOf(flags) is { } number)
            return (number & Wait) != 0;
        if (state.Decide(SymFactory.IsZero(SymFactory.Bits(isAnd: true, flags, Wait))) is { } isClear)
            return !isClear;
        return flags switch
        {
            Sym.Bits { IsAnd: true } bits when (bits.Mask & Wait) == 0 => false,
            Sym.Bits { IsAnd: false } bits when (bits.Mask & Wait) != 0 => true,
            Sym.Bits bits => MaySleep(bits.Operand, state),
            _ => null,
        };
    }

    private Finding Describe(ImmutableArray<string> chain, Slot slot, Location at)
    {
        string through = chain.Length == 1 ? string.Empty : $" ({string.Join(" → ", chain)})";
        return new(Rule, at, ImmutableArray.Create<object>(chain[0], through, slot.By, LineOf(slot.At)), slot.At, NoProperties);
    }
}
