using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4011: entries are made with the protection that the area has when it is mapped.</summary>
internal sealed class NoncachedTooLate() : FlowCheck(Descriptors.DK4011_NoncachedTooLate)
{
    private const string Mapped = "DK4011 mapped", Late = "DK4011 late", Served = "DK4011 served";

    public override void OnKernelCall(KernelCall call)
    {
        if (!Areas.IsMapping(call.Name) || call.Argument("vma") is not { } area)
            return;
        if (call.State.MarkOf(Late, area.Id) is { } late)
        {
            call.Caller.Note(new InTime(late.At));
            call.Caller.Become(call.State.Unnote(Late, area.Id));
        }

        call.Note(Mapped, area.Id);
    }

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        var state = evaluator.State;
        var at = Assignments.PlaceOf(operation);
        if (cell.IsPart("VmPageProt", evaluator.Symbols) && state.MarkOf(Mapped, cell.Receiver!) is not null)
            evaluator.Become(state.Note(Late, cell.Receiver!, new(string.Empty, at, Excuses: false)));
        else if (cell.IsPart("VmOps", evaluator.Symbols) && !(OperationTable.Of(operation, evaluator.Engine.Bodies) is { Nopage: null }))
            evaluator.Become(state.Note(Served, cell.Receiver!, new(string.Empty, at, Excuses: true)));
    }

    public override void OnExit(ExitSite exit)
    {
        foreach (var entry in exit.State.Marks)
        {
            if (entry.Key.Name != Late || exit.State.MarkOf(Served, entry.Key.About) is not null || exit.State.MarkOf(Mapped, entry.Key.About) is not { } mapped || mapped.At == entry.Value.At)
                continue;
            exit.Raise(new LateEffect(exit.State.EntryFacts(), [], entry.Key.About, entry.Value.At, mapped.At));
        }
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is LateEffect late && site.Lift(late.Area) is { } area)
            site.Raise(new LateEffect(site.Guard, site.Chain, area.Id, site.Location, null));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!entry.Store.IsMmap() || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        foreach (var late in entry.Raised.Select(static raised => raised.Effect).OfType<LateEffect>())
        {
            if (late.Area.Equals(area) && !entry.Summary.Notes.Contains(new InTime(late.At)))
                entry.Report(new(Rule, late.At, [Through(late.Chain)], late.Mapped, NoProperties));
        }
    }

    /// <summary>Something is mapped after the assignment on some path.</summary>
    private sealed record InTime(Location At) : SummaryNote;

    /// <summary>The method has changed an area's protection after it was mapped.</summary>
    private sealed record LateEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Area, Location At, Location? Mapped) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(LateEffect), Area, At);
    }
}
