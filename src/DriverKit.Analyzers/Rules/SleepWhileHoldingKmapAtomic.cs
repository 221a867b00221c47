using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules;

/// <summary>DK1002: nothing may sleep while a kmap_atomic slot is held, because the next task on the CPU would take the slot over.</summary>
internal sealed class SleepWhileHoldingKmapAtomic() : FlowCheck(Descriptors.DK1002_SleepWhileHoldingKmapAtomic)
{
    /// <summary><c>__GFP_WAIT</c>.</summary>
    private const ulong Wait = 0x10;

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not SleepEffect sleep)
            return;
        var flags = sleep.Flags is null ? null : site.Lift(sleep.Flags)?.Id;
        bool? sleeps = sleep.Flags is null ? true : flags is null ? false : MaySleep(flags, site.State);
        bool callerDecides = sleeps is null && flags!.IsFromEntry;
        if (sleeps == false || (sleeps is null && !callerDecides))
            return;

        var held = Held(sleep, site.State);
        if (!callerDecides && (held ?? sleep.Inner) is { } slot)
            site.Report(Describe(site, slot));
        site.Raise(new SleepEffect(site.Guard, site.Chain, ReleasedBy(sleep, site.State), callerDecides ? flags : null, callerDecides ? held ?? sleep.Inner : null));
    }

    /// <summary>The latest slot that is still held when the callee sleeps.</summary>
    private static Slot? Held(SleepEffect sleep, State state) =>
        sleep.Released < state.Slots.Count ? state.Slots[state.Slots.Count - 1 - sleep.Released] : null;

    private static int ReleasedBy(SleepEffect sleep, State state)
    {
        if (sleep.Released == State.ReleasedAll || state.Released == State.ReleasedAll)
            return State.ReleasedAll;
        return state.Released + System.Math.Max(0, sleep.Released - state.Slots.Count);
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

    private Finding Describe(CallSite site, Slot slot)
    {
        var chain = site.Chain;
        string through = chain.Length == 1 ? string.Empty : $" ({string.Join(" → ", chain.Select(static name => name))})";
        return new(
            Rule, site.Location, ImmutableArray.Create<object>(chain[0], through, slot.By, LineOf(slot.At)), slot.At, NoProperties);
    }
}
