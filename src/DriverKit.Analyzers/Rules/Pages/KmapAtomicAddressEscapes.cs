using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3004: the address of a kmap_atomic slot is nowhere any more when the slot is given back.</summary>
internal sealed class KmapAtomicAddressEscapes() : FlowCheck(Descriptors.DK3004_KmapAtomicAddressEscapes)
{
    /// <summary>The mark on the address of a slot that this path has given back.</summary>
    private const string GivenBack = nameof(GivenBack);

    /// <summary>The mark on an address that this path has stored.</summary>
    private const string Stored = nameof(Stored);

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        // A callee that both takes the slot and keeps the address holds it for its caller.
        if (value.Origin is { Name: "KmapAtomic" } origin && origin.At.SourceSpan != operation.Syntax.Span)
            evaluator.Become(evaluator.State.Note(Stored, value.Id, new(origin.By, operation.Syntax.GetLocation(), Excuses: false)));
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        if (hold is { Resource: Resources.KmapAtomicSlot, Object: { } address, At: { } at })
            call.Caller.Become(call.Caller.State.Note(GivenBack, address, new(hold.By, at, Excuses: false)));
    }

    public override void OnKernelCall(KernelCall call)
    {
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            if (call.Arguments[i].Origin is { Name: "KmapAtomic" } origin && call.Method.Parameters[i].Type.SpecialType == SpecialType.System_Object)
                call.Report(Describe(call.LocationOf(i), origin.By, origin.At, $"handed to {call.Name}"));
        }
    }

    public override void OnSlot(SlotStore store, Evaluator evaluator)
    {
        if (store.Target.Method.MethodKind != MethodKind.AnonymousFunction || store.Target.Body is not { } lambda)
            return;
        var names = lambda.Key.Tree.GetRoot().FindNode(lambda.Key.Span).DescendantNodes().OfType<IdentifierNameSyntax>().Select(static name => name.Identifier.ValueText).ToImmutableHashSet();
        foreach (var entry in evaluator.State.Store)
        {
            if (entry.Key is Place.Variable variable && entry.Value.Origin is { Name: "KmapAtomic" } origin && names.Contains(variable.Symbol.Name)
                && !lambda.Key.Span.Contains(origin.At.SourceSpan))
                evaluator.Report(Describe(store.At, origin.By, origin.At, "captured by a function that runs later"));
        }
    }

    public override void OnExit(ExitSite exit)
    {
        if (exit.State.IsLoose)
            return;
        foreach (var entry in exit.State.Store)
        {
            if (entry.Value.Origin is not { Name: "KmapAtomic" } origin || !entry.Key.Outlives(exit.Body.Symbol) || !IsGivenBack(exit.State, origin))
                continue;
            if (PlaceOf(entry.Key, entry.Value, exit) is var (at, what))
                exit.Report(Describe(at, origin.By, origin.At, what));
        }
    }

    private Finding Describe(Location at, string by, Location taken, string what) =>
        new(Rule, at, ImmutableArray.Create<object>(by, LineOf(taken), what), taken, NoProperties);

    private static (Location At, string What)? PlaceOf(Place place, Value value, ExitSite exit) => place switch
    {
        Place.Return => (exit.At, "returned after KunmapAtomic"),
        Place.Cell cell when exit.State.MarkOf(Stored, value.Id) is { } stored => (stored.At, $"kept in {cell.Symbol.Name}"),
        Place.Variable { Symbol: IParameterSymbol parameter } when AssignmentOf(parameter) is { } at => (at, $"given out by {parameter.Name} after KunmapAtomic"),
        _ => null,
    };

    private static bool IsGivenBack(State state, Origin origin)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.At == origin.At)
                return false;
        }

        foreach (var mark in state.Marks)
        {
            if (mark.Key.Name == GivenBack && mark.Value.At == origin.At)
                return true;
        }

        return false;
    }

    private static Location? AssignmentOf(IParameterSymbol parameter) =>
        parameter.ContainingSymbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .LastOrDefault(assignment => assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == parameter.Name)?.GetLocation();
}
