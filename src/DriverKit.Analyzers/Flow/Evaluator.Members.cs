using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <content>Fields, properties, elements.</content>
internal sealed partial class Evaluator
{
    [MethodImpl(Jit.AtOnce)]
    public override Value VisitFieldReference(IFieldReferenceOperation operation, object? argument)
    {
        var receiver = operation.Instance is null ? null : Visit(operation.Instance);
        if (receiver is not null)
            Use(receiver, operation.Instance!);
        return Counted(ReadCell(CellOf(receiver?.Id, operation.Field), operation.Syntax.Span, WholeOf(operation.Instance, receiver)), operation.Field);
    }

    private Value Counted(Value value, ISymbol member) => value.Unit == Unit.None && Symbols.UnitOf(member) is var unit and not Unit.None ? value with { Unit = unit } : value;

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitPropertyReference(IPropertyReferenceOperation operation, object? argument)
    {
        var receiver = operation.Instance is null ? null : Visit(operation.Instance);
        if (!operation.Arguments.IsEmpty)
        {
            var indexes = operation.Arguments.Select(index => Visit(index.Value)).ToList();
            if (IsSequence(operation.Property.ContainingType))
                Measure(indexes, operation.Arguments.Select(static index => index.Value));
            return Answer(operation, operation.Property, [receiver, .. indexes]);
        }

        if (receiver is not null && (PropertyOfResult(operation, receiver) ?? PropertyOfAddress(operation, receiver)) is { } known)
            return Counted(known, operation.Property);
        if (receiver is not null)
            Use(receiver, operation.Instance!);
        if (operation.Property.GetMethod is { } getter && Resolve(getter, operation.Instance, receiver).Body is not null)
            return Call(operation, Resolve(getter, operation.Instance, receiver), receiver, []);
        var whole = Symbols.IsFrameNumber(operation.Type) ? receiver : WholeOf(operation.Instance, receiver);
        return Counted(ReadCell(CellOf(receiver?.Id, operation.Property), operation.Syntax.Span, whole), operation.Property);
    }

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitArrayElementReference(IArrayElementReferenceOperation operation, object? argument)
    {
        var array = Visit(operation.ArrayReference);
        var indexes = operation.Indices.Select(index => Visit(index)).ToList();
        Measure(indexes, operation.Indices);
        return Answer(operation, null, [array, .. indexes]);
    }

    public override Value VisitArrayCreation(IArrayCreationOperation operation, object? argument)
    {
        if (operation.Initializer is null)
            Measure([.. operation.DimensionSizes.Select(size => Visit(size))], operation.DimensionSizes);
        return DefaultVisit(operation, argument);
    }

    /// <summary>Numbers are indexes, or the length of something new.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Measure(List<Value> numbers, IEnumerable<IOperation> operations)
    {
        foreach (var (number, operation) in numbers.Zip(operations, static (number, operation) => (number, operation)))
        {
            foreach (var check in Checks.OnIndex)
                check.OnIndex(number, operation, this);
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool IsSequence(INamedTypeSymbol type) =>
        type.SpecialType == SpecialType.System_String || type is { Name: "Span" or "ReadOnlySpan" or "List" or "ImmutableArray", TypeArguments.Length: 1 };

    /// <summary>What an address, or a nullable one, says about itself.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value? PropertyOfAddress(IPropertyReferenceOperation operation, Value receiver)
    {
        var owner = operation.Instance!.Type;
        if (owner?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return operation.Property.Name == "HasValue" ? new(SymFactory.Not(SymFactory.IsZero(receiver.Id))) : receiver;
        }

        if (Symbols.IsProtection(owner) && operation.Property.Name == "Bits")
            return receiver;
        if (Symbols.IsFrameNumber(owner))
            return receiver with { Unit = receiver.Unit == Unit.Bytes ? Unit.Bytes : Unit.Frames };
        if (Symbols.AddressKindOf(owner) is not { } kind)
            return null;
        if (operation.Property.Name == "Value")
            return receiver with { IsAddress = false, Kind = new(owner!, kind, operation.Syntax.GetLocation()), Unit = Unit.Bytes, Disguise = null, Distance = Distance.No, Alias = null };
        if (operation.Property.Name == "IsNull")
            return new(SymFactory.IsZero(receiver.Id));
        var id = Bounded(new Sym.Member(receiver.Id, operation.Property), () => Unknown(operation).Id);
        return Symbols.AddressKindOf(operation.Type) is null ? new(id) : receiver.As(id);
    }

    /// <summary>A struct is its members: what is noted of it is true of them.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static Value? WholeOf(IOperation? instance, Value? receiver) => instance?.Type is { IsValueType: true } ? receiver : null;

    /// <summary>The value in a cell. Read again at the same place in the code, that is in a loop, it may have changed in between.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value ReadCell(Place.Cell cell, TextSpan site, Value? whole)
    {
        var value = PeekCell(cell);
        if (whole is not null && State.Find(cell) is null)
            value = value.ComputedFrom(value, whole);
        if (!_shape.HasLoop || StaysAsItIs(cell.Symbol))
            return value.Read();
        if (value.Reads.Contains(site))
            value = value with { Id = Fresh(site, 1), Reads = default };
        value = value with { Reads = value.Reads.Add(site) };
        State = State.With(cell, value);
        return value.Read();
    }

    /// <summary>True for what is set once, and for locks, which nobody exchanges.</summary>
    private static bool StaysAsItIs(ISymbol member) => member switch
    {
        IFieldSymbol field => field.IsReadOnly || Contract.IsLockType(field.Type),
        IPropertySymbol property => property is { SetMethod: null, IsAbstract: false, DeclaringSyntaxReferences.IsEmpty: false } || Contract.IsLockType(property.Type),
        _ => false,
    };

    /// <summary>The value in a cell, without counting as a read.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value PeekCell(Place.Cell cell)
    {
        if (State.Find(cell) is { } value)
            return value;
        var member = new Sym.Member(cell.Receiver, cell.Symbol);
        var facts = FactsOf(cell);
        return facts is null
            ? new(member) { Root = member.IsFromEntry ? member : null, Unit = Symbols.UnitOf(cell.Symbol) }
            : facts with { Id = facts.Id.Equals(Sym.Const.Zero) ? member : facts.Id, Reads = default };
    }

    /// <summary>A member of a value as a callee would find it: an address is its own number.</summary>
    public Value PeekMember(Value receiver, ISymbol member) => PeekCell(CellOf(receiver.Id, member)).Read();

    /// <summary>The answer to a question, without asking it again.</summary>
    public Value PeekAnswer(Sym.Query query) => (State.Find(new Place.Answer(query)) ?? new(query)).Read();

    [MethodImpl(Jit.AtOnce)]
    private Value? FactsOf(Place.Cell cell) => cell switch
    {
        { Symbol: IFieldSymbol { HasConstantValue: false } or IPropertySymbol } when _session.FactsOf(cell.Symbol.OriginalDefinition) is { } facts => facts,
        { Receiver: Sym.Member { Symbol: IFieldSymbol { IsReadOnly: true } table }, Symbol: IPropertySymbol { SetMethod: null or { IsInitOnly: true }, Type.TypeKind: TypeKind.Delegate } operation } =>
            FieldFacts.InferOperation(table.OriginalDefinition, operation.OriginalDefinition, _session),
        _ => null,
    };

    [MethodImpl(Jit.AtOnce)]
    private static Place.Cell CellOf(Sym? receiver, ISymbol member) => new(
        receiver is null || receiver.Depth < Budget.MaxSymbolDepth ? receiver : new Sym.Made(default, receiver.Depth),
        member is IFieldSymbol { CorrespondingTupleField: { } element } ? element.OriginalDefinition : member);

    /// <summary>The answer to a question: the same one as long as the same is asked, but not when a loop asks again.</summary>
    private Value Answer(IOperation operation, ISymbol? question, IEnumerable<Value?> about)
    {
        var query = new Sym.Query(question, ListOf(about.Select(static value => value?.Id ?? Sym.Const.Zero)));
        if (query.Depth > Budget.MaxSymbolDepth)
            return Unknown(operation);
        var place = new Place.Answer(query);
        var value = State.Find(place) ?? new(query);
        if (!_shape.HasLoop)
            return value.Read();
        var site = operation.Syntax.Span;
        if (value.Reads.Contains(site))
            value = value with { Id = Fresh(site, 2), Reads = default };
        value = value with { Reads = value.Reads.Add(site) };
        State = State.With(place, value);
        return value.Read();
    }
}
