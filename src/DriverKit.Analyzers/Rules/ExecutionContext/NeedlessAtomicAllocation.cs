using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1009: an allocation that may not wait fails when memory is short; where it may wait, it should.</summary>
internal sealed class NeedlessAtomicAllocation() : FlowCheck(Descriptors.DK1009_NeedlessAtomicAllocation)
{
    /// <summary><c>__GFP_HIGH</c>, which is all of GFP_ATOMIC, and what lets it wait or write.</summary>
    private const ulong High = 0x20, WaitIoFs = 0xD0;

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Sleep);

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Contract.Find("MightSleep")?.Text("FlagsParameter") is not { } parameter || call.Argument(parameter) is not { } flags)
            return;
        var state = call.State;
        if (SymFactory.NumberOf(state.Resolve(flags.Id)) is not { } number || (number & (High | WaitIoFs)) != High)
            return;
        if (state.IsLoose || state.ReleasedAny || state.Released.Count > 0 || state.Holds.Any(static hold => hold.ForbidsSleep))
            return;
        call.Raise(new AtomicAllocation(state.EntryFacts(), [call.Name], call.LocationOf(call.IndexOf(parameter))));
    }

    public override void OnEntry(EntrySite entry)
    {
        var store = entry.Store;
        if (!store.Contract.IsProcess || !entry.Raised.Any(static raised => raised.Effect is AtomicAllocation) || entry.IsCalledByName || !entry.IsOnlyIn(static contract => contract.IsProcess))
            return;
        foreach (var (effect, _) in entry.Raised)
        {
            if (effect is AtomicAllocation allocation && ContextWords.MayHappen(allocation.Guard, store.Contract, entry.Engine.Symbols))
                entry.Report(new(Rule, allocation.At, [allocation.Chain[0], store.Name, LineOf(store.At)], store.At, NoProperties));
        }
    }

    /// <summary>An allocation that may not wait, with nothing held; the callers' business it is not.</summary>
    private sealed record AtomicAllocation(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Location At) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(AtomicAllocation), At, Guard);
    }
}
