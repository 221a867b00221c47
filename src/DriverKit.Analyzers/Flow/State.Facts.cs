using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Flow;

/// <content>Deciding conditions by what the path has learnt.</content>
internal sealed partial class State
{
    /// <summary>Whether the condition holds here; null when the path does not decide it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool? Decide(Sym condition)
    {
        switch (condition)
        {
            case Sym.Const { Value: bool flag }:
                return flag;
            case Sym.Not not:
                return !Decide(not.Operand);
            case var _ when Facts.TryGetValue(condition, out bool known):
                return known;
            case Sym.Compare compare:
                return DecideByValue(compare);
            case Sym.And and:
                return (Decide(and.Left), Decide(and.Right)) switch
                {
                    (true, true) => true,
                    (false, _) or (_, false) => false,
                    _ => null,
                };
            default:
                return null;
        }
    }

    /// <summary>What the path has learnt of the method's inputs.</summary>
    public Map<Sym, bool> EntryFacts() => Facts.Select(static (Sym fact, ref bool _) => fact.Depth <= Budget.MaxFactDepth && fact.IsFromEntry);

    /// <summary>The state on the branch where the condition has that outcome; null when no path takes it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State? Assume(Sym condition, bool outcome)
    {
        while (condition is Sym.Not not)
            (condition, outcome) = (not.Operand, !outcome);
        if (Decide(condition) is { } known)
            return known == outcome ? this : null;
        if (condition is Sym.And and)
        {
            if (outcome)
                return Assume(and.Left, true)?.Assume(and.Right, true);
            if (Decide(and.Left) == true)
                return Assume(and.Right, false);
            if (Decide(and.Right) == true)
                return Assume(and.Left, false);
        }

        var objects = outcome && condition is Sym.Compare { IsEqual: true, Right: Sym.Const { Value: 0L } } zero ? WithoutObject(zero.Left) : Objects;
        return Copy(facts: Facts.SetItem(condition, outcome), objects: objects, bounded: BoundedBy(condition, outcome));
    }

    /// <summary>With the number that the comparison keeps below something, if it does: the left one of "less", the right one of its opposite, both of "equal". Who answers a question about a number has looked at it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Few<Sym> BoundedBy(Sym condition, bool outcome) => Bounded.Or(BoundsOf(condition, outcome));

    [MethodImpl(Jit.AtOnce)]
    private static Few<Sym> BoundsOf(Sym condition, bool outcome) => condition switch
    {
        Sym.Not not => BoundsOf(not.Operand, !outcome),
        Sym.And both when outcome => BoundsOf(both.Left, true).Or(BoundsOf(both.Right, true)),
        Sym.And both => BoundsOf(both.Left, false).And(BoundsOf(both.Right, false)),
        Sym.Compare { IsEqual: false } less => Few<Sym>.Of(outcome ? less.Left : less.Right),
        Sym.Compare { IsEqual: true } equal when outcome => Few<Sym>.Of(equal.Left, equal.Right),
        Sym.Query query => AllOf(query.Arguments),
        _ => Few<Sym>.None,
    };

    private static Few<Sym> AllOf(EquatableArray<Sym> names)
    {
        var all = Few<Sym>.None;
        foreach (var name in names)
            all = all.Add(name);
        return all;
    }

    /// <summary>An allocation that gave null made no object.</summary>
    private Map<Sym, Tracked> WithoutObject(Sym name) =>
        Objects.Select((Sym key, ref Tracked _) => !key.Equals(name));

    /// <summary>The constant a value must have here, when a comparison said so; else the value.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Sym Resolve(Sym sym)
    {
        if (sym is Sym.Const || Facts.IsEmpty)
            return sym;
        foreach (var fact in Facts)
        {
            if (fact.Value && fact.Key is Sym.Compare { IsEqual: true, Right: Sym.Const constant } compare && compare.Left.Equals(sym))
                return constant;
        }

        return sym is Sym.Bits bits && Resolve(bits.Operand) is Sym.Const operand ? SymFactory.Bits(bits.IsAnd, operand, bits.Mask) : sym;
    }

    [MethodImpl(Jit.AtOnce)]
    private bool? DecideByValue(Sym.Compare compare)
    {
        var (left, right) = (Resolve(compare.Left), Resolve(compare.Right));
        if (left is not Sym.Const || right is not Sym.Const)
        {
            if (left.Equals(compare.Left) && right.Equals(compare.Right))
                return compare is { IsEqual: true, Right: Sym.Const { Value: 0L } } ? DecideZero(compare.Left) : null;
        }

        var resolved = compare.IsEqual ? SymFactory.Equal(left, right) : SymFactory.Less(left, right);
        return resolved switch
        {
            Sym.Const { Value: bool flag } => flag,
            _ when Facts.TryGetValue(resolved, out bool known) => known,
            _ => null,
        };
    }

    /// <summary>A number above zero, or below a limit that the path found it below, is not zero.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool? DecideZero(Sym sym)
    {
        foreach (var fact in Facts)
        {
            if (fact.Value && fact.Key is Sym.Compare { IsEqual: false, Left: Sym.Const { Value: 0L } } less && less.Right.Equals(sym))
                return false;
        }

        return null;
    }
}
