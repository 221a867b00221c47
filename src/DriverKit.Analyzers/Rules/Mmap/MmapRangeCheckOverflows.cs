using System.Collections.Generic;
using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4002: the sum of an offset and a length in bytes wraps for an offset that a process can make up.</summary>
internal sealed class MmapRangeCheckOverflows() : FlowCheck(Descriptors.DK4002_MmapRangeCheckOverflows)
{
    /// <summary>In a diagnostic's properties: the side of the comparison with the sum, and the side of the sum with the offset.</summary>
    public const string Sum = nameof(Sum), Offset = nameof(Offset);

    public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        if (kind is not (BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual))
            return;
        foreach (var (side, name) in new[] { (left.Id, "Left"), (right.Id, "Right") })
        {
            foreach (var (offset, length) in Sums(side))
            {
                var properties = side is Sym.Arithmetic whole ? NoProperties.Add(Sum, name).Add(Offset, offset.Equals(whole.Left) ? "Left" : "Right") : NoProperties;
                Judge(offset, length, properties, operation, evaluator);
            }
        }
    }

    private void Judge(Sym offset, Sym length, ImmutableDictionary<string, string?> properties, IOperation operation, Evaluator evaluator)
    {
        if (AreaOf(length, evaluator.Symbols) is { } area && IsOffset(offset, area, evaluator.Symbols))
        {
            if (!IsBounded(offset, area, evaluator.State, evaluator.Symbols))
                evaluator.Report(Describe(operation.Syntax.GetLocation(), [], properties));
        }
        else if (IsOpen(offset) && (IsOpen(length) || AreaOf(length, evaluator.Symbols) is not null) && !IsBounded(offset, null, evaluator.State, evaluator.Symbols))
        {
            evaluator.Raise(new SumEffect(evaluator.State.EntryFacts(), [], offset, length), operation.Syntax.GetLocation());
        }
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not SumEffect sum || site.Lift(sum.Offset) is not { } offset || site.Lift(sum.Length) is not { } length)
            return;
        var symbols = site.Caller.Symbols;
        if (AreaOf(length.Id, symbols) is { } area && IsOffset(offset.Id, area, symbols))
        {
            if (!IsBounded(offset.Id, area, site.State, symbols))
                site.Report(Describe(site.Location, site.Chain, NoProperties));
        }
        else if (IsOpen(offset.Id) && !IsBounded(offset.Id, null, site.State, symbols))
        {
            site.Raise(sum with { Guard = site.Guard, Chain = site.Chain, Offset = offset.Id, Length = length.Id });
        }
    }

    private Finding Describe(Location at, ImmutableArray<string> chain, ImmutableDictionary<string, string?> properties) =>
        new(Rule, at, [chain.IsEmpty ? string.Empty : $" in {string.Join(" → ", chain)}"], null, properties);

    /// <summary>What is added in a number, both ways round.</summary>
    private static IEnumerable<(Sym Offset, Sym Length)> Sums(Sym sym)
    {
        switch (sym)
        {
            case Sym.Arithmetic { Operator: BinaryOperatorKind.Add } sum:
                yield return (sum.Left, sum.Right);
                yield return (sum.Right, sum.Left);
                foreach (var inner in Sums(sum.Left))
                    yield return inner;
                break;
            case Sym.Bits bits:
                foreach (var inner in Sums(bits.Operand))
                    yield return inner;
                break;
            case Sym.Query { Arguments: { Count: 1 } arguments }:
                foreach (var inner in Sums(arguments[0]))
                    yield return inner;
                break;
        }
    }

    /// <summary>The area whose length in bytes the number is.</summary>
    private static Sym? AreaOf(Sym length, KnownSymbols symbols)
    {
        Sym? area = null;
        length.Any(part =>
        {
            if (part is Sym.Member { Symbol.Name: "Length" or "VmEnd", Receiver: { } receiver } member && symbols.IsArea(member.Symbol.ContainingType))
                area = receiver;
            return false;
        });
        return area is null || IsInPages(length) ? null : area;
    }

    /// <summary>True for the area's offset in bytes.</summary>
    private static bool IsOffset(Sym offset, Sym area, KnownSymbols symbols) =>
        offset.MentionsOffset(area, symbols) && !IsInPages(offset)
        && offset.Any(static part => part is Sym.Arithmetic { Operator: BinaryOperatorKind.LeftShift or BinaryOperatorKind.Multiply });

    private static bool IsInPages(Sym sym) =>
        sym.Any(static part => part is Sym.Arithmetic { Operator: BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift or BinaryOperatorKind.Divide });

    /// <summary>A number that the callers choose.</summary>
    private static bool IsOpen(Sym sym) => sym is Sym.Entry;

    /// <summary>True when the path has found the offset to be below something, or to be one number.</summary>
    private static bool IsBounded(Sym offset, Sym? area, State state, KnownSymbols symbols)
    {
        bool Mentions(Sym sym) => (sym.Contains(offset) || (area is not null && sym.MentionsOffset(area, symbols))) && !IsSum(sym);
        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Compare compare
                && (compare.IsEqual ? fact.Value && (Mentions(compare.Left) || Mentions(compare.Right)) : Mentions(fact.Value ? compare.Left : compare.Right)))
                return true;
        }

        return false;
    }

    /// <summary>A bound on a sum is none on what is added.</summary>
    private static bool IsSum(Sym sym) => sym.Any(static part => part is Sym.Arithmetic { Operator: BinaryOperatorKind.Add, Left: not Sym.Const, Right: not Sym.Const });

    /// <summary>The method compares the sum of two numbers that its callers choose.</summary>
    private sealed record SumEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Offset, Sym Length) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(SumEffect), Offset, Length, Guard);
    }
}
