using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4005: what <c>vm_insert_pfn</c> takes for granted of the area.</summary>
internal sealed class InsertPfnContract() : FlowCheck(Descriptors.DK4005_InsertPfnContract)
{
    /// <summary>In a diagnostic's properties: what is missing, for the fix.</summary>
    public const string Lacks = nameof(Lacks);

    private const ulong PfnMap = 0x400;
    private const string Marked = "DK4005 marked", Tested = "DK4005 tested";

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        if (cell.IsPart("VmFlags", evaluator.Symbols) && (Areas.SetBits(value.Id) is not { } bits || (bits & PfnMap) != 0))
            Note(Marked, cell.Receiver!, operation, evaluator);
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (!evaluator.Symbols.IsArea(operation.Type))
            return;
        bool isOutOfSight = Areas.GoesOutOfSight(operation, evaluator.Symbols);
        if (isOutOfSight)
            Note(Marked, value.Id, operation, evaluator);
        if (isOutOfSight || (operation.Parent is IPropertyReferenceOperation { Property.Name: "IsCopyOnWrite" or "VmFlags" } property && !IsPartOfFlagsAssignment(property)))
            Note(Tested, value.Id, operation, evaluator);
    }

    public override void OnKernelCall(KernelCall call)
    {
        if (Areas.IsRemap(call.Name) && call.Argument("vma") is { } remapped)
            call.Note(Marked, remapped.Id, excuses: true);
        else if (call.Name == "VmInsertPfn" && call.Argument("vma") is { } area)
            call.Raise(Ask(new InsertPfnEffect(call.State.EntryFacts(), [], area.Id, false, false), call.State, call.Caller.Symbols));
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is InsertPfnEffect insert && site.Lift(insert.Area) is { } area)
            site.Raise(Ask(insert with { Guard = site.Guard, Chain = site.Chain, Area = area.Id }, site.State, site.Caller.Symbols));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!entry.Store.IsMmap() || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is not InsertPfnEffect insert || !insert.Area.Equals(area) || insert is { IsMarked: true, IsTested: true })
                continue;
            var properties = insert.Chain.IsEmpty ? NoProperties.Add(Lacks, insert.IsMarked ? "Test" : insert.IsTested ? "Mark" : "Both") : NoProperties;
            string what = insert.IsMarked
                ? "takes no private writable map, and none is turned away: answer -EINVAL when vma.IsCopyOnWrite"
                : "needs an area that is marked VM_PFNMAP: set vma.VmFlags |= VmFlags.PfnMap before";
            entry.Report(new(Rule, raised.At, [what, Through(insert.Chain)], null, properties));
        }
    }

    private static InsertPfnEffect Ask(InsertPfnEffect effect, State state, KnownSymbols symbols) => effect with
    {
        IsMarked = effect.IsMarked || state.MarkOf(Marked, effect.Area) is not null,
        IsTested = effect.IsTested || state.MarkOf(Tested, effect.Area) is not null || IsInFacts(state, effect.Area, symbols),
    };

    private static bool IsInFacts(State state, Sym area, KnownSymbols symbols)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key.Any(part => part.IsPart(area, "IsCopyOnWrite", symbols) || part.IsPart(area, "VmFlags", symbols)))
                return true;
        }

        return false;
    }

    /// <summary>Flags that are read to be changed are not tested.</summary>
    private static bool IsPartOfFlagsAssignment(IPropertyReferenceOperation property) =>
        property.Property.Name == "VmFlags"
        && property.Syntax.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "VmFlags" } };

    private static void Note(string mark, Sym area, IOperation operation, Evaluator evaluator) =>
        evaluator.Become(evaluator.State.Note(mark, area, new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));

    /// <summary>The method inserts a frame into an area.</summary>
    private sealed record InsertPfnEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Area, bool IsMarked, bool IsTested) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(InsertPfnEffect), Area, IsMarked, IsTested, Guard);
    }
}
