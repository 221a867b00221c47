using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>Builds symbolic values in one normal form, so that two ways to write a condition are one condition.</summary>
internal static class SymFactory
{
    /// <summary>A constant of any type: numbers, enum values and characters become a long where they fit, null becomes zero.</summary>
    [MethodImpl(Jit.AtOnce)]
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

    [MethodImpl(Jit.AtOnce)]
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

    [MethodImpl(Jit.AtOnce)]
    public static Sym Less(Sym left, Sym right) => (left, right) switch
    {
        (Sym.Const { Value: long a }, Sym.Const { Value: long b }) => a < b ? Sym.Const.True : Sym.Const.False,
        _ when left.Equals(right) => Sym.Const.False,
        _ => new Sym.Compare(false, left, right),
    };

    /// <summary>A computed number; of constants, the constant.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Sym Arithmetic(BinaryOperatorKind kind, Sym left, Sym right) => (left, right) switch
    {
        (Sym.Const { Value: long a }, Sym.Const { Value: long b }) when Fold(kind, a, b) is { } folded => Constant(folded),
        (_, Sym.Const { Value: 0L }) when kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift => left,
        (Sym.Const { Value: 0L }, _) when kind == BinaryOperatorKind.Add => right,
        _ => new Sym.Arithmetic(kind, left, right),
    };

    private static long? Fold(BinaryOperatorKind kind, long left, long right) => kind switch
    {
        BinaryOperatorKind.Add => unchecked(left + right),
        BinaryOperatorKind.Subtract => unchecked(left - right),
        BinaryOperatorKind.Multiply => unchecked(left * right),
        BinaryOperatorKind.LeftShift when right is >= 0 and < 64 => left << (int)right,
        BinaryOperatorKind.RightShift when right is >= 0 and < 64 && left >= 0 => left >> (int)right,
        _ => null,
    };

    public static Sym And(Sym left, Sym right) => (left, right) switch
    {
        (Sym.Const { Value: bool known }, _) => known ? right : Sym.Const.False,
        (_, Sym.Const { Value: bool known }) => known ? left : Sym.Const.False,
        _ when left.Equals(right) => left,
        _ => new Sym.And(left, right),
    };

    public static Sym Or(Sym left, Sym right) => Not(And(Not(left), Not(right)));

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
