using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>Patterns: the condition they stand for and the variables they set.</content>
internal sealed partial class Evaluator
{
    public override Value VisitIsPattern(IIsPatternOperation operation, object? argument)
    {
        var value = Visit(operation.Value);
        return new(Match(operation.Pattern, value, operation.Value.Type) ?? Unknown(operation).Id);
    }

    public override Value VisitIsType(IIsTypeOperation operation, object? argument)
    {
        Visit(operation.ValueOperand);
        return Unknown(operation);
    }

    /// <summary>The condition under which the pattern matches; null when it is not one simple condition.</summary>
    private Sym? Match(IPatternOperation pattern, Value value, ITypeSymbol? type)
    {
        switch (pattern)
        {
            case IConstantPatternOperation constant:
                return Compared(pattern, BinaryOperatorKind.Equals, value, Visit(constant.Value));
            case INegatedPatternOperation negated:
                return Match(negated.Pattern, value, type) is { } condition ? SymFactory.Not(condition) : null;
            case IRelationalPatternOperation relational:
                return Compared(pattern, relational.OperatorKind, value, Visit(relational.Value));
            case IDeclarationPatternOperation declaration:
                Bind(declaration.DeclaredSymbol, value);
                return declaration.MatchesNull ? Sym.Const.True : MatchesUnlessNull(declaration.MatchedType, value, type);
            case ITypePatternOperation typePattern:
                return MatchesUnlessNull(typePattern.MatchedType, value, type);
            case IDiscardPatternOperation:
                return Sym.Const.True;
            case IRecursivePatternOperation recursive:
                return MatchParts(recursive, value, type);
            case IBinaryPatternOperation binary:
                var left = Match(binary.LeftPattern, value, type);
                var right = Match(binary.RightPattern, value, type);
                return left is null || right is null ? null
                    : Bounded(binary.OperatorKind == BinaryOperatorKind.And ? SymFactory.And(left, right) : SymFactory.Or(left, right), () => Unknown(pattern).Id);
            default:
                return null;
        }
    }

    private Sym? Compared(IPatternOperation pattern, BinaryOperatorKind kind, Value value, Value with)
    {
        TellArithmetic(pattern, kind, value, with);
        return Comparison(kind, value, with);
    }

    /// <summary>All parts must match, and the whole must not be null.</summary>
    private Sym? MatchParts(IRecursivePatternOperation pattern, Value value, ITypeSymbol? type)
    {
        Bind(pattern.DeclaredSymbol, value);
        var condition = pattern.MatchedType.IsValueType && SymbolEqualityComparer.Default.Equals(type, pattern.MatchedType)
            ? Sym.Const.True
            : MatchesUnlessNull(pattern.MatchedType, value, type);
        foreach (var property in pattern.PropertySubpatterns)
        {
            var member = (property.Member as IMemberReferenceOperation)?.Member;
            var inner = member is null ? Unknown(property) : MemberOf(property, value, member, pattern.MatchedType);
            condition = Both(condition, Match(property.Pattern, inner, (property.Member as IMemberReferenceOperation)?.Type));
        }

        var parts = PartsOf(pattern.MatchedType);
        for (int i = 0; i < pattern.DeconstructionSubpatterns.Length; i++)
        {
            var part = pattern.DeconstructionSubpatterns[i];
            condition = Both(condition, Match(part, i < parts.Length ? MemberOf(part, value, parts[i], pattern.MatchedType) : Unknown(part), null));
        }

        return condition is null || condition.Depth <= Budget.MaxSymbolDepth ? condition : Unknown(pattern).Id;
    }

    private static Sym? Both(Sym? left, Sym? right) => left is null || right is null ? null : SymFactory.And(left, right);

    private Value MemberOf(IOperation at, Value value, ISymbol member, ITypeSymbol owner) =>
        member.Name == "Value" && Symbols.AddressKindOf(owner) is { } kind
            ? value with { IsAddress = false, Kind = new(owner, kind, at.Syntax.GetLocation()), Distance = Distance.No }
            : member.Name == "IsNull" && Symbols.AddressKindOf(owner) is not null ? new(SymFactory.IsZero(value.Id))
            : ResultProperty(member, owner, value) ?? PartOf(value, CellOf(value.Id, member), owner) with { Reads = default };

    private Value PartOf(Value whole, Place.Cell cell, ITypeSymbol owner)
    {
        var part = PeekCell(cell);
        return owner.IsValueType && State.Find(cell) is null ? part.ComputedFrom(part, whole) : part;
    }

    /// <summary>The one part an address has, and the elements of a tuple.</summary>
    private ImmutableArray<ISymbol> PartsOf(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { IsTupleType: true } tuple => ImmutableArray<ISymbol>.CastUp(tuple.TupleElements),
        _ when Symbols.AddressKindOf(type) is not null => type.GetMembers("Value"),
        _ => [],
    };

    private void Bind(ISymbol? variable, Value value)
    {
        if (variable is not null)
            State = State.With(new Place.Variable(variable), value.Stored());
    }

    private static Sym? MatchesUnlessNull(ITypeSymbol? matched, Value value, ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        if (type is null || matched is null || !SymbolEqualityComparer.Default.Equals(matched, type))
            return null;
        return SymFactory.Not(SymFactory.IsZero(value.Id));
    }
}
