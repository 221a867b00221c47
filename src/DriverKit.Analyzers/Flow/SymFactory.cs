using System;
using System.Globalization;

namespace DriverKit.Analyzers.Flow;

/// <summary>Builds symbolic values in one normal form, so that two ways to write a condition are one condition.</summary>
internal static class SymFactory
{
    /// <summary>A constant of any type: numbers, enum values and characters become a long where they fit, null becomes zero.</summary>
    public static Sym.Const Constant(object? value) => value switch
    {
        null => Sym.Const.Zero,
        bool flag => flag ? Sym.Const.True : Sym.Const.False,
        ulong big when big > long.MaxValue => new(big),
        char or sbyte or byte or short or ushort or int or uint or long or ulong => new(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => new(value),
    };

    public static Sym Not(Sym operand) => operand switch
    {
        Sym.Const { Value: bool flag } => flag ? Sym.Const.False : Sym.Const.True,
        Sym.Not not => not.Operand,
        _ => new Sym.Not(operand),
    };

    public static Sym IsZero(Sym operand) => Equal(operand, Sym.Const.Zero);

    public static Sym Equal(Sym left, Sym right)
    {
        if (left is Sym.Const)
            (left, right) = (right, left);
        return (left, right) switch
        {
            (Sym.Const a, Sym.Const b) => a.Equals(b) || (IsZeroLike(a) && IsZeroLike(b)) ? Sym.Const.True : Sym.Const.False,
            (_, Sym.Const { Value: bool flag }) => flag ? left : Not(left),
            (Sym.Compare or Sym.Not, Sym.Const zero) when zero == Sym.Const.Zero => Not(left),
            _ when left.Equals(right) => Sym.Const.True,
            _ => new Sym.Compare(true, left, right),
        };
    }

    public static Sym Less(Sym left, Sym right) => (left, right) switch
    {
        (Sym.Const { Value: long a }, Sym.Const { Value: long b }) => a < b ? Sym.Const.True : Sym.Const.False,
        _ when left.Equals(right) => Sym.Const.False,
        _ => new Sym.Compare(false, left, right),
    };

    public static Sym Bits(bool isAnd, Sym operand, ulong mask) => operand is Sym.Const constant && NumberOf(constant) is { } number
        ? FromNumber(isAnd ? number & mask : number | mask)
        : new Sym.Bits(isAnd, operand, mask);

    /// <summary>The constant's bits, or null when it is no number.</summary>
    public static ulong? NumberOf(Sym? sym) => sym switch
    {
        Sym.Const { Value: long small } => unchecked((ulong)small),
        Sym.Const { Value: ulong big } => big,
        _ => null,
    };

    private static Sym.Const FromNumber(ulong number) => number > long.MaxValue ? new(number) : new((long)number);

    private static bool IsZeroLike(Sym.Const constant) => constant.Value is 0L or false;
}
