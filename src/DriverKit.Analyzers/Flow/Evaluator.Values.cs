using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>Variables, temporaries, conversions.</content>
internal sealed partial class Evaluator
{
    public override Value VisitLocalReference(ILocalReferenceOperation operation, object? argument) => ReadVariable(operation.Local);

    public override Value VisitParameterReference(IParameterReferenceOperation operation, object? argument) => ReadVariable(operation.Parameter);

    public override Value VisitInstanceReference(IInstanceReferenceOperation operation, object? argument) => new(Sym.This.Instance);

    public override Value VisitFlowCaptureReference(IFlowCaptureReferenceOperation operation, object? argument) =>
        State.Find(new Place.Capture(operation.Id)) switch
        {
            { Alias: { } place } when State.Find(place) is { } current => current,
            { Alias: null } captured => captured,
            { } captured => captured with { Alias = null },
            null => Unknown(operation),
        };

    public override Value VisitFlowCapture(IFlowCaptureOperation operation, object? argument)
    {
        var value = Visit(operation.Value);
        bool isTarget = operation.Value is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
            && _shape.IsAssigned(operation.Id);
        var place = isTarget ? PlaceOf(operation.Value) : null;
        State = State.With(new Place.Capture(operation.Id), place is null ? value.Stored() : value with { Alias = place, Reads = default });
        return value;
    }

    public override Value VisitDefaultValue(IDefaultValueOperation operation, object? argument) => new(Sym.Const.Zero);

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitConversion(IConversionOperation operation, object? argument)
    {
        var value = Visit(operation.Operand);
        if (operation.OperatorMethod is { } conversion)
        {
            if (Symbols.AddressKindOf(conversion.ReturnType) is not null && Symbols.AddressKindOf(operation.Operand.Type) is not null)
                return value;
            if (Symbols.IsNopageResult(conversion.ReturnType))
                return value;
            return CallOperator(operation, conversion, [value]);
        }

        return KeepsNumber(operation.Type) ? value : Unknown(operation);
    }

    public override Value VisitParenthesized(IParenthesizedOperation operation, object? argument) => Visit(operation.Operand);

    public override Value VisitIsNull(IIsNullOperation operation, object? argument) => new(SymFactory.IsZero(Visit(operation.Operand).Id));

    public override Value VisitTuple(ITupleOperation operation, object? argument)
    {
        var tuple = Unknown(operation);
        if (operation.Type is not INamedTypeSymbol { IsTupleType: true } type)
            return DefaultVisit(operation, argument);
        for (int i = 0; i < operation.Elements.Length; i++)
        {
            var element = Visit(operation.Elements[i]);
            State = State.HandOn(element.Id);
            if (i < type.TupleElements.Length)
                State = State.With(CellOf(tuple.Id, type.TupleElements[i]), element.Stored());
        }

        return tuple;
    }

    [MethodImpl(Jit.AtOnce)]
    private Value ReadVariable(ISymbol variable)
    {
        if (variable is IParameterSymbol parameter && IsOfPrimaryConstructor(parameter))
            return PeekCell(CellOf(Sym.This.Instance, parameter)).Read();
        var place = new Place.Variable(variable);
        if (State.Find(place) is { } value)
            return value;
        var entry = new Sym.Entry(variable);
        return new Value(entry) { Root = entry };
    }

    /// <summary>A conversion to one of these leaves the number an address could be.</summary>
    private static bool KeepsNumber(ITypeSymbol? type) => type?.SpecialType is not
        (SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16
        or SpecialType.System_Char or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal);
}
