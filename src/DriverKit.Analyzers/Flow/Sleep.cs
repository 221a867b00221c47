using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>A call that may sleep, on one path: whether it does, what is held by then, and what the callers must hear of it.</summary>
internal sealed class Sleep(SleepEffect effect, CallSite site)
{
    /// <summary><c>__GFP_WAIT</c>.</summary>
    private const ulong Wait = 0x10;

    /// <summary>What is held when it sleeps, oldest first.</summary>
    public EquatableArray<Hold> Holds { get; } = site.HoldsAfter(effect.Released, effect.ReleasedAny);

    /// <summary>What kind of function sleeps.</summary>
    public SleepSort Sort => effect.Sort;

    /// <summary>The latest hold that forbids it; of a lock and the count that belongs to it, the lock.</summary>
    public Hold? Forbidden { get; private set; }

    public CallSite Site => site;

    /// <summary>The functions from the one called here down to the one that sleeps.</summary>
    public ImmutableArray<string> Chain => site.Chain;

    /// <summary>Whether allocation flags let the allocator sleep; null when only the caller, or nobody, knows.</summary>
    public static bool? MaySleep(Sym flags, State state)
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

    /// <summary>Tells the rules when it is certain, and the callers in any case.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void Tell(FlowCheckTable checks)
    {
        var flags = effect.Flags is null ? null : site.Lift(effect.Flags)?.Id;
        bool? sleeps = effect.Flags is null ? true : flags is null ? false : MaySleep(flags, site.State);
        bool callerDecides = sleeps is null && flags!.IsFromEntry;
        if (sleeps == false || (sleeps is null && !callerDecides))
            return;

        Forbidden = Latest() ?? effect.Inner;
        if (!callerDecides && Forbidden is not null)
        {
            foreach (var check in checks.OnSleep)
                check.OnSleep(this);
        }

        site.Raise(new SleepEffect(
            site.Guard, site.Chain, site.ReleasedBefore(effect.Released), effect.ReleasedAny || site.State.ReleasedAny, callerDecides ? flags : null, callerDecides ? Forbidden : null, effect.Sort));
    }

    private Hold? Latest()
    {
        var latest = Holds.LastOrDefault(static hold => hold.ForbidsSleep);
        return latest is null || !Resources.IsCount(latest.Resource)
            ? latest
            : Holds.LastOrDefault(hold => hold.Site == latest.Site && Resources.IsLock(hold.Resource)) ?? latest;
    }
}
