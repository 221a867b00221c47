using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4012: an area that a driver serves page by page must be told apart from ordinary memory.</summary>
internal sealed class DeviceMappingFlagsMissing() : FlowCheck(Descriptors.DK4012_DeviceMappingFlagsMissing)
{
    /// <summary>VM_IO, VM_DONTEXPAND, VM_RESERVED, VM_PFNMAP.</summary>
    private const ulong Special = 0x4000 | 0x40000 | 0x80000 | 0x400;
    private const string Served = "DK4012 served", Marked = "DK4012 marked";

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        var state = evaluator.State;
        if (cell.IsPart("VmFlags", evaluator.Symbols) && (Areas.SetBits(value.Id) is not { } bits || (bits & Special) != 0))
            evaluator.Become(state.Note(Marked, cell.Receiver!, new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));
        else if (cell.IsPart("VmOps", evaluator.Symbols) && OperationTable.Of(operation, evaluator.Engine.Bodies) is { Nopage: not null })
            evaluator.Become(state.Note(Served, cell.Receiver!, new(string.Empty, Assignments.PlaceOf(operation), Excuses: false)));
    }

    public override void OnKernelCall(KernelCall call)
    {
        if (Areas.IsRemap(call.Name) && call.Argument("vma") is { } area)
            call.Note(Marked, area.Id, excuses: true);
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (evaluator.Symbols.IsArea(operation.Type) && Areas.GoesOutOfSight(operation, evaluator.Symbols))
            evaluator.Become(evaluator.State.Note(Marked, value.Id, new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));
    }

    public override void OnExit(ExitSite exit)
    {
        if (exit.IsError == true)
            return;
        foreach (var entry in exit.State.Marks)
        {
            if (entry.Key.Name == Served && exit.State.MarkOf(Marked, entry.Key.About) is null)
                exit.Raise(new UnmarkedEffect(exit.State.EntryFacts(), [], entry.Key.About, entry.Value.At));
        }
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!entry.Store.IsMmap() || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        foreach (var unmarked in entry.Raised.Select(static raised => raised.Effect).OfType<UnmarkedEffect>())
        {
            if (unmarked.Area.Equals(area))
                entry.Report(new(Rule, unmarked.At, [], null, NoProperties));
        }
    }

    /// <summary>The method leaves an area that it serves without a mark.</summary>
    private sealed record UnmarkedEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Area, Location At) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(UnmarkedEffect), Area, At);
    }
}
