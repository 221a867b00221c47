using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4007: the kernel opens copies of an area; the first one is the mmap handler's to open.</summary>
internal sealed class FirstOpenForgotten() : FlowCheck(Descriptors.DK4007_FirstOpenForgotten)
{
    /// <summary>In a diagnostic's properties: the method to call.</summary>
    public const string Open = nameof(Open);

    private const string Set = "DK4007 set", Called = "DK4007 called";

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        if (!cell.IsPart("VmOps", evaluator.Symbols) || OperationTable.Of(operation, evaluator.Engine.Bodies) is not { Open: { } open, Close: { } close })
            return;
        var bodies = evaluator.Engine.Bodies;
        var opening = new CallbackScan(bodies, evaluator.Symbols);
        var closing = new CallbackScan(bodies, evaluator.Symbols);
        if (!opening.ReadSlot(open) || !closing.ReadSlot(close))
            return;
        opening.Raised.IntersectWith(closing.Lowered);
        var method = opening.MethodIn(open);
        if (opening.Raised.Count > 0 && !IsCountedHere(opening.Raised, method, evaluator))
            evaluator.Become(evaluator.State.Note(Set, Name(method, cell.Receiver!), new(open.ToString(), Assignments.PlaceOf(operation), Excuses: false)));
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (!evaluator.Symbols.IsArea(operation.Type) || operation.Parent is not IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ReturnsVoid: true, Parameters.Length: 1 } method } })
            return;
        var called = method.MethodKind == MethodKind.DelegateInvoke || Areas.GoesOutOfSight(operation, evaluator.Symbols) ? null : method.OriginalDefinition;
        evaluator.Become(evaluator.State.Note(Called, Name(called, value.Id), new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));
    }

    public override void OnExit(ExitSite exit)
    {
        if (exit.IsError == true || HasNoOpen(exit.State, exit.Symbols))
            return;
        foreach (var entry in exit.State.Marks)
        {
            if (entry.Key is not { Name: Set, About: Sym.Query { Symbol: var open, Arguments: { Count: 1 } about } })
                continue;
            if (exit.State.MarkOf(Called, Name(open, about[0])) is null && exit.State.MarkOf(Called, Name(null, about[0])) is null)
                exit.Raise(new UnopenedEffect(exit.State.EntryFacts(), [], about[0], (open as IMethodSymbol)?.Name, entry.Value.At));
        }
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!entry.Store.IsMmap() || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        foreach (var unopened in entry.Raised.Select(static raised => raised.Effect).OfType<UnopenedEffect>())
        {
            if (unopened.Area.Equals(area))
                entry.Report(new(Rule, unopened.At, [unopened.Open ?? "it"], null, unopened.Open is null ? NoProperties : NoProperties.Add(Open, unopened.Open)));
        }
    }

    /// <summary>True on the way past <c>Open?.Invoke(vma)</c>, which is taken by tables without one.</summary>
    private static bool HasNoOpen(State state, KnownSymbols symbols)
    {
        foreach (var fact in state.Facts)
        {
            if (fact is { Value: true, Key: Sym.Compare { IsEqual: true, Left: Sym.Member { Symbol: { Name: "Open" } open }, Right: Sym.Const } } && symbols.IsAreaOperations(open.ContainingType))
                return true;
        }

        return false;
    }

    /// <summary>The one open of one area.</summary>
    private static Sym.Query Name(ISymbol? open, Sym area) => new(open?.OriginalDefinition, new([area]));

    /// <summary>True when the body raises the count itself, or makes a new one that does not begin at zero.</summary>
    private static bool IsCountedHere(System.Collections.Generic.HashSet<ISymbol> counts, IMethodSymbol? open, Evaluator evaluator)
    {
        var here = new CallbackScan(evaluator.Engine.Bodies, evaluator.Symbols, open?.OriginalDefinition);
        here.Read(evaluator.Body.Key.Tree.GetRoot().FindNode(evaluator.Body.Key.Span, getInnermostNodeForTie: false), 0);
        return counts.Any(count => here.Written.Contains(count) || (here.Created.Contains(count.ContainingType) && BeginsAboveZero(count)));
    }

    private static bool BeginsAboveZero(ISymbol count) => count.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()).Any(static declaration => (declaration switch
    {
        VariableDeclaratorSyntax variable => variable.Initializer?.Value,
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        _ => null,
    }) is not (null or BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } or LiteralExpressionSyntax { Token.Value: 0 }));

    /// <summary>The method leaves an area without having opened it.</summary>
    private sealed record UnopenedEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Area, string? Open, Location At) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(UnopenedEffect), Area, At);
    }
}
