using System.Collections.Generic;
using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>What the rules of execution context say in common.</summary>
internal static class ContextWords
{
    /// <summary>The rules that say nothing of a call that sleeps for other reasons too.</summary>
    public const string Special = "DK1003|DK1004";

    /// <summary>A call that sleeps, and what forbids it.</summary>
    public static Finding Describe(DiagnosticDescriptor rule, Sleep sleep, Hold hold) => new(
        rule,
        sleep.Site.Location,
        [sleep.Chain[0], sleep.Chain.Length < 2 ? string.Empty : $" ({string.Join(" → ", sleep.Chain)})", Of(hold), hold.By, (hold.At?.GetLineSpan().StartLinePosition.Line ?? 0) + 1],
        hold.At,
        ImmutableDictionary<string, string?>.Empty);

    /// <summary>The calls of a body that sleep for certain, when it is called in the context.</summary>
    public static IEnumerable<(SleepEffect Effect, Location At)> Sleeps(this ImmutableArray<RaisedEffect> raised, SlotContract context, KnownSymbols symbols)
    {
        foreach (var (effect, at) in raised)
        {
            if (effect is SleepEffect { Flags: null } sleep && MayHappen(sleep.Guard, context, symbols))
                yield return (sleep, at);
        }
    }

    /// <summary>False when the path has asked where it is and was told what cannot be in that context: it comes here elsewhere.</summary>
    public static bool MayHappen(Map<Sym, bool> guard, SlotContract context, KnownSymbols symbols)
    {
        foreach (var fact in guard)
        {
            if (fact.Key is Sym.Query { Symbol: IMethodSymbol question } && AsksForContext(question, symbols) && fact.Value != context.ForbidsSleep)
                return false;
        }

        return true;
    }

    /// <summary>What forbids to sleep, as a part of a sentence.</summary>
    private static string Of(Hold hold) => hold.Resource switch
    {
        Resources.KmapAtomicSlot => "a kmap_atomic slot is held",
        Resources.PreemptCount => "preemption is off",
        Resources.BottomHalves => "bottom halves are off",
        Resources.InterruptsOff => "interrupts are off",
        Resources.RcuReadSide => "a read section of RCU is open",
        Resources.Spinlock => "a spinlock is held",
        _ => "a rwlock is held",
    };

    private static bool AsksForContext(IMethodSymbol question, KnownSymbols symbols) =>
        symbols.IsTrueInAtomicContext(question) || symbols.KernelFunction(question) is "InInterrupt" or "InSoftirq" or "InIrq";
}
