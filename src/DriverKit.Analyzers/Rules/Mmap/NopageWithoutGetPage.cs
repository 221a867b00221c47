using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4004: the page-table entry drops a reference when the page is unmapped, so nopage must take one for a page that the driver keeps.</summary>
internal sealed class NopageWithoutGetPage() : FlowCheck(Descriptors.DK4004_NopageWithoutGetPage)
{
    private const string Referenced = "DK4004 referenced", LookedUp = "DK4004 lookedup";

    /// <summary>In a diagnostic's properties: the page may be null.</summary>
    public const string MayBeNull = nameof(MayBeNull);

    public override void OnKernelCall(KernelCall call)
    {
        // Which page it was is not asked: two names for one page are common here. 2.6.11 doesn't count references to reserved pages.
        if (call.Name is "GetPage" or "PageReserved")
            call.Note(Referenced, Sym.Const.Zero, excuses: true);
    }

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Name is "VirtToPage" or "VmallocToPage" or "PfnToPage")
            call.Note(LookedUp, result.Id);
        return result;
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (evaluator.Symbols.IsPage(operation.Type) && Areas.GoesOutOfSight(operation, evaluator.Symbols))
            evaluator.Become(evaluator.State.Note(Referenced, Sym.Const.Zero, new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));
    }

    public override void OnReturn(Value value, IOperation operation, Evaluator evaluator)
    {
        var state = evaluator.State;
        if (NopageResults.PageIn(value, evaluator) is { } page && state.MarkOf(Referenced, Sym.Const.Zero) is null && state.Decide(SymFactory.IsZero(page)) != true && WordsFor(page, state) is { } kept)
            evaluator.Report(new(Rule, operation.Syntax.GetLocation(), [kept], null, MayBeNullHere(page, operation, state) ? NoProperties.Add(MayBeNull, null) : NoProperties));
    }

    private static bool MayBeNullHere(Sym page, IOperation operation, State state) =>
        operation.Unwrapped().Type?.NullableAnnotation == NullableAnnotation.Annotated && state.Decide(SymFactory.IsZero(page)) != false;

    /// <summary>Where the driver keeps the page; null when it does not, or nobody knows.</summary>
    private static string? WordsFor(Sym page, State state) => page switch
    {
        Sym.Member member => $"in {member.Symbol.Name}",
        Sym.Query { Symbol: null or IPropertySymbol, Arguments: { Count: > 0 } about } when about[0] is Sym.Member table => $"in {table.Symbol.Name}",
        _ when state.MarkOf(LookedUp, page) is { } mark => $"behind what {mark.By} was given",
        _ when state.ObjectOf(page) is { Value: { Status: ObjectStatus.HandedOn } made } => $"since {made.By} made it",
        _ => null,
    };
}

/// <summary>What a nopage operation returns.</summary>
internal static class NopageResults
{
    /// <summary>The page in a result; null when it is none.</summary>
    public static Sym? PageIn(Value result, Evaluator evaluator) =>
        evaluator.Symbols.IsNopageResult(evaluator.Body.Method?.ReturnType) && !result.Id.Equals(Sym.Const.Zero) && !IsAnswer(result.Id, evaluator.Symbols) ? result.Id : null;

    /// <summary>True for NOPAGE_SIGBUS and its like.</summary>
    public static bool IsAnswer(Sym result, KnownSymbols symbols) => result is Sym.Member { Receiver: null, Symbol: IPropertySymbol property } && symbols.IsNopageResult(property.ContainingType);
}
