using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>A name for a value that is not known: two expressions with equal names have equal values. What a path has learnt from its
/// conditions is kept under these names, so a guard is the same guard however often it is copied.</summary>
internal abstract record Sym
{
    /// <summary>How deep it nests.</summary>
    public virtual int Depth => 1;

    /// <summary>True when it means something to the caller: it is built from the method's inputs and constants alone.</summary>
    public abstract bool IsFromEntry { get; }

    /// <summary>True when <paramref name="part"/> is this or part of it.</summary>
    public virtual bool Contains(Sym part) => Equals(part);

    /// <summary>True when this or a part of it is one for which <paramref name="test"/> holds.</summary>
    public virtual bool Any(Func<Sym, bool> test) => test(this);

    /// <summary>True when it reads the member somewhere.</summary>
    public bool Mentions(ISymbol member) => Any(part => part is Member read && SymbolEqualityComparer.Default.Equals(read.Symbol.OriginalDefinition, member.OriginalDefinition));

    /// <summary>False when the two can't be the same object: other parameters, other fields, other constants. What nobody knows may be anything.</summary>
    public static bool MayBeSame(Sym? left, Sym? right) => (left, right) switch
    {
        (null, _) or (_, null) => true,
        _ when left.Equals(right) => true,
        (Member a, Member b) => SymbolEqualityComparer.Default.Equals(a.Symbol, b.Symbol) && !(a.Receiver is null && b.Receiver is null) && MayBeSame(a.Receiver, b.Receiver),
        (Entry or This or Const or Member { IsFromEntry: true }, Entry or This or Const or Member { IsFromEntry: true }) => false,
        _ => true,
    };

    /// <summary>A parameter, or a captured variable, as it was on entry.</summary>
    internal sealed record Entry(ISymbol Symbol) : Sym
    {
        public override bool IsFromEntry => true;
    }

    /// <summary>The instance the method runs on.</summary>
    internal sealed record This : Sym
    {
        public static This Instance { get; } = new();

        public override bool IsFromEntry => true;
    }

    /// <summary>A field or property of <paramref name="Receiver"/> as it was on entry; a static one without a receiver.</summary>
    internal sealed record Member(Sym? Receiver, ISymbol Symbol) : Sym
    {
        public override int Depth => 1 + (Receiver?.Depth ?? 0);

        public override bool IsFromEntry => Receiver?.IsFromEntry ?? true;

        public override bool Contains(Sym part) => Equals(part) || Receiver?.Contains(part) == true;

        public override bool Any(Func<Sym, bool> test) => test(this) || Receiver?.Any(test) == true;
    }

    /// <summary>What a question asked of <paramref name="Arguments"/> answers, for as long as nobody asks it again in a loop.</summary>
    internal sealed record Query(ISymbol? Symbol, EquatableArray<Sym> Arguments) : Sym
    {
        public override int Depth => 1 + Arguments.Select(static argument => argument.Depth).DefaultIfEmpty().Max();

        public override bool IsFromEntry => Arguments.All(static argument => argument.IsFromEntry);

        public override bool Contains(Sym part) => Equals(part) || Arguments.Any(argument => argument.Contains(part));

        public override bool Any(Func<Sym, bool> test) => test(this) || Arguments.Any(argument => argument.Any(test));
    }

    /// <summary>What the operation at <paramref name="Site"/> made, whatever it was.</summary>
    internal sealed record Made(TextSpan Site, int Tag) : Sym
    {
        public override bool IsFromEntry => false;
    }

    /// <summary>Where paths meet at a block with different values in one place.</summary>
    internal sealed record Phi(int Block, Place Place) : Sym
    {
        public override bool IsFromEntry => false;
    }

    /// <summary>A constant; null and every default value are zero.</summary>
    internal sealed record Const(object Value) : Sym
    {
        public static Const Zero { get; } = new(0L);

        public static Const True { get; } = new(true);

        public static Const False { get; } = new(false);

        public override bool IsFromEntry => true;
    }

    /// <summary>The opposite of a condition.</summary>
    internal sealed record Not(Sym Operand) : Sym
    {
        public override int Depth => 1 + Operand.Depth;

        public override bool IsFromEntry => Operand.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Operand.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Operand.Any(test);
    }

    /// <summary>Equal, or less; the other four comparisons are these, turned round or negated.</summary>
    internal sealed record Compare(bool IsEqual, Sym Left, Sym Right) : Sym
    {
        public override int Depth => 1 + Math.Max(Left.Depth, Right.Depth);

        public override bool IsFromEntry => Left.IsFromEntry && Right.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Left.Contains(part) || Right.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Left.Any(test) || Right.Any(test);
    }

    /// <summary>Both conditions; either is this of the opposites.</summary>
    internal sealed record And(Sym Left, Sym Right) : Sym
    {
        public override int Depth => 1 + Math.Max(Left.Depth, Right.Depth);

        public override bool IsFromEntry => Left.IsFromEntry && Right.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Left.Contains(part) || Right.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Left.Any(test) || Right.Any(test);
    }

    /// <summary>A number computed from two.</summary>
    internal sealed record Arithmetic(BinaryOperatorKind Operator, Sym Left, Sym Right) : Sym
    {
        public override int Depth => 1 + Math.Max(Left.Depth, Right.Depth);

        public override bool IsFromEntry => Left.IsFromEntry && Right.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Left.Contains(part) || Right.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Left.Any(test) || Right.Any(test);
    }

    /// <summary>What is registered under an argument: the interrupt of this number, the mapping of this page.</summary>
    internal sealed record Registration(string Allocator, Sym Key) : Sym
    {
        public override int Depth => 1 + Key.Depth;

        public override bool IsFromEntry => Key.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Key.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Key.Any(test);
    }

    /// <summary>A number with constant bits set or cleared.</summary>
    internal sealed record Bits(bool IsAnd, Sym Operand, ulong Mask) : Sym
    {
        public override int Depth => 1 + Operand.Depth;

        public override bool IsFromEntry => Operand.IsFromEntry;

        public override bool Contains(Sym part) => Equals(part) || Operand.Contains(part);

        public override bool Any(Func<Sym, bool> test) => test(this) || Operand.Any(test);
    }
}
