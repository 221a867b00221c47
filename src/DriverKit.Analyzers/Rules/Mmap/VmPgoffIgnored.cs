using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4003: an area begins at its offset in the file, and after a split it begins somewhere else.</summary>
internal sealed class VmPgoffIgnored() : RangeCheck(Descriptors.DK4003_VmPgoffIgnored)
{
    protected override Location PlaceOf(KernelCall remap) => remap.LocationOf(remap.IndexOf("pfn"));

    protected override void Judge(RemapEffect remap, Location at, EntrySite entry)
    {
        var symbols = entry.Engine.Symbols;
        bool isKnown = remap.Pfn is { } pfn && !pfn.Any(static part => part is Sym.Made or Sym.Phi);
        if (isKnown && remap.MapsAll(symbols) && remap is { IsLengthCompared: true, IsOffsetCompared: false, IsOnePage: false } && !remap.UsesOffset(symbols))
            entry.Report(new(Rule, at, ["The range is mapped from the device's first frame"], null, NoProperties));
    }

    public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        if (kind != BinaryOperatorKind.Subtract || right.Id is not Sym.Member { Receiver: { } area } || !right.Id.IsPart(area, "VmStart", evaluator.Symbols))
            return;
        if (left.Id.MentionsLength(area, evaluator.Symbols) || operation.Syntax.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is not null)
            return;
        evaluator.Raise(new PlaceEffect(evaluator.State.EntryFacts(), [], area, UsesOffset: false), operation.Syntax.GetLocation());
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        base.OnUse(value, operation, evaluator);
        if (!evaluator.Symbols.IsArea(operation.Type))
            return;
        if (operation.Parent is IPropertyReferenceOperation { Property.Name: "VmPgoff" } || Areas.GoesOutOfSight(operation, evaluator.Symbols))
            evaluator.Raise(new PlaceEffect(Effect.Always, [], value.Id, UsesOffset: true), operation.Syntax.GetLocation());
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        base.OnCall(effect, site);
        if (effect is PlaceEffect place && site.Lift(place.Area) is { } area)
            site.Raise(place with { Guard = site.Guard, Chain = site.Chain, Area = area.Id });
    }

    public override void OnEntry(EntrySite entry)
    {
        base.OnEntry(entry);
        if (entry.Store.Name != "VmOperationsStruct.Nopage" || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        var places = entry.Raised.Where(raised => raised.Effect is PlaceEffect place && place.Area.Equals(area)).ToList();
        if (places.Any(static raised => ((PlaceEffect)raised.Effect).UsesOffset) || places.Count == 0 || MapsOnePage(entry.Body))
            return;
        foreach (var place in places)
            entry.Report(new(Rule, place.At, ["The place in the device is counted from VmStart"], null, NoProperties));
    }

    /// <summary>True when something in the type compares a length with the size of a page: its areas are one page, and never split.</summary>
    private static bool MapsOnePage(Body body)
    {
        var type = body.Symbol.ContainingType;
        return type is not null && type.DeclaringSyntaxReferences.SelectMany(static reference => reference.GetSyntax().DescendantNodes()).Any(static node => node switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison =>
                IsNamed(comparison.Left, "Length") && IsNamed(comparison.Right, "PageSize"),
            SubpatternSyntax { NameColon.Name.Identifier.ValueText: "Length", Pattern: ConstantPatternSyntax constant } => IsNamed(constant.Expression, "PageSize"),
            _ => false,
        });
    }

    private static bool IsNamed(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        _ => false,
    };

    /// <summary>The method counts from the area's start, or looks at its offset.</summary>
    private sealed record PlaceEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Area, bool UsesOffset) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(PlaceEffect), Area, UsesOffset);
    }
}
