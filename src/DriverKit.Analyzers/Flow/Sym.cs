using System;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>A name for a value that is not known: two expressions with equal names have equal values. What a path has learnt from its
/// conditions is kept under these names, so a guard is the same guard however often it is copied.</summary>
/// <remarks>Names are compared all the time, so each knows its hash, its depth and which parts it may have: one bit of 64 for each part.</remarks>
internal abstract record Sym
{
    private readonly int _hash;
    private readonly ulong _parts;

    private Sym(int hash, bool isFromEntry, params Sym[] parts)
    {
        _hash = hash * 31;
        Parts = parts;
        Depth = 1;
        IsFromEntry = isFromEntry;
        foreach (var part in parts)
        {
            _hash = unchecked((_hash * 31) + part._hash);
            _parts |= part._parts;
            Depth = Math.Max(Depth, part.Depth + 1);
            IsFromEntry &= part.IsFromEntry;
        }

        _parts |= Bit;
    }

    /// <summary>What it is directly built from.</summary>
    public Sym[] Parts { get; }

    /// <summary>How deep it nests.</summary>
    public int Depth { get; }

    /// <summary>True when it means something to the caller: it is built from the method's inputs and constants alone.</summary>
    public bool IsFromEntry { get; }

    private ulong Bit => 1ul << (int)((uint)(_hash ^ (_hash >> 15)) % 64);

    [MethodImpl(Jit.AtOnce)]
    public virtual bool Equals(Sym? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && EqualityContract == other.EqualityContract);

    public override int GetHashCode() => _hash;

    /// <summary>True when <paramref name="part"/> is this or part of it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool Contains(Sym part)
    {
        if ((_parts & part.Bit) == 0 || part.Depth > Depth)
            return false;
        if (part.Equals(this))
            return true;
        foreach (var child in Parts)
        {
            if (child.Contains(part))
                return true;
        }

        return false;
    }

    /// <summary>True when this or a part of it is one for which <paramref name="test"/> holds.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool Any(Func<Sym, bool> test)
    {
        if (test(this))
            return true;
        foreach (var child in Parts)
        {
            if (child.Any(test))
                return true;
        }

        return false;
    }

    /// <summary>True for an input of one of the kit's types, or something computed from one: only there an object of the kernel's can be.</summary>
    public bool IsKernelInput => IsFromEntry && Any(static part => part is Entry { Symbol: var input } && IsKernelType(input));

    [MethodImpl(Jit.AtOnce)]
    private static bool IsKernelType(ISymbol input)
    {
        var type = input is IParameterSymbol parameter ? parameter.Type : (input as ILocalSymbol)?.Type;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        for (var space = type?.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (space is { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true })
                return true;
        }

        return false;
    }

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
    internal sealed record Entry(ISymbol Symbol) : Sym(SymbolEqualityComparer.Default.GetHashCode(Symbol), isFromEntry: true)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>The instance the method runs on.</summary>
    internal sealed record This() : Sym(1, isFromEntry: true)
    {
        public static This Instance { get; } = new();

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>A field or property of <paramref name="Receiver"/> as it was on entry; a static one without a receiver.</summary>
    internal sealed record Member(Sym? Receiver, ISymbol Symbol) : Sym(SymbolEqualityComparer.Default.GetHashCode(Symbol), isFromEntry: true, Receiver is null ? [] : [Receiver])
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>What a question asked of <paramref name="Arguments"/> answers, for as long as nobody asks it again in a loop.</summary>
    internal sealed record Query(ISymbol? Symbol, EquatableArray<Sym> Arguments) : Sym(Symbol is null ? 2 : SymbolEqualityComparer.Default.GetHashCode(Symbol), isFromEntry: true, [.. Arguments])
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>What the operation at <paramref name="Site"/> made, whatever it was.</summary>
    internal sealed record Made(TextSpan Site, int Tag) : Sym((Site.GetHashCode() * 31) + Tag, isFromEntry: false)
    {
        [MethodImpl(Jit.AtOnce)]
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>An object that nothing leads to any more.</summary>
    internal sealed record Lost() : Sym(9, isFromEntry: false)
    {
        public static Lost Instance { get; } = new();

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>Where paths meet at a block with different values in one place.</summary>
    internal sealed record Phi(int Block, Place Place) : Sym((Block * 31) + Place.GetHashCode(), isFromEntry: false)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>A constant; null and every default value are zero.</summary>
    internal sealed record Const(object Value) : Sym(Value.GetHashCode(), isFromEntry: true)
    {
        public static Const Zero { get; } = new(0L);

        public static Const True { get; } = new(true);

        public static Const False { get; } = new(false);

        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>The opposite of a condition.</summary>
    internal sealed record Not(Sym Operand) : Sym(3, isFromEntry: true, Operand)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>Equal, or less; the other four comparisons are these, turned round or negated.</summary>
    internal sealed record Compare(bool IsEqual, Sym Left, Sym Right) : Sym(IsEqual ? 4 : 5, isFromEntry: true, Left, Right)
    {
        [MethodImpl(Jit.AtOnce)]
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>Both conditions; either is this of the opposites.</summary>
    internal sealed record And(Sym Left, Sym Right) : Sym(6, isFromEntry: true, Left, Right)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>A number computed from two.</summary>
    internal sealed record Arithmetic(BinaryOperatorKind Operator, Sym Left, Sym Right) : Sym(100 + (int)Operator, isFromEntry: true, Left, Right)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>What is registered under an argument: the interrupt of this number, the mapping of this page.</summary>
    internal sealed record Registration(string Allocator, Sym Key) : Sym(Allocator.GetHashCode(), isFromEntry: true, Key)
    {
        public override int GetHashCode() => base.GetHashCode();
    }

    /// <summary>A number with constant bits set or cleared.</summary>
    internal sealed record Bits(bool IsAnd, Sym Operand, ulong Mask) : Sym(IsAnd ? 7 : 8, isFromEntry: true, Operand)
    {
        public override int GetHashCode() => base.GetHashCode();
    }
}
