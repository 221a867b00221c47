using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>Where values are put.</content>
internal sealed partial class Evaluator
{
    [MethodImpl(Jit.AtOnce)]
    public override Value VisitSimpleAssignment(ISimpleAssignmentOperation operation, object? argument)
    {
        var value = Visit(operation.Value);
        if (operation.IsRef)
        {
            // Whoever writes through the alias changes the variable too: from here on nothing is known of either.
            Havoc(operation.Value);
            value = Unknown(operation);
        }

        Assign(operation.Target, value);
        return value;
    }

    public override Value VisitDeconstructionAssignment(IDeconstructionAssignmentOperation operation, object? argument)
    {
        var value = Visit(operation.Value);
        Assign(operation.Target, value);
        return value;
    }

    public override Value VisitDeclarationExpression(IDeclarationExpressionOperation operation, object? argument) => Visit(operation.Expression);

    /// <summary>Puts a value where the operation points.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Assign(IOperation target, Value value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                Assign(declaration.Expression, value);
                break;
            case IParenthesizedOperation parenthesized:
                Assign(parenthesized.Operand, value);
                break;
            case ITupleOperation tuple:
                AssignElements(tuple, value);
                break;
            case IFlowCaptureReferenceOperation capture:
                var temporary = new Place.Capture(capture.Id);
                Put(State.Find(temporary)?.Alias ?? temporary, value, target);
                break;
            case IPropertyReferenceOperation property:
                AssignProperty(property, value);
                break;
            case IArrayElementReferenceOperation element:
                Visit(element);
                State = State.HandOn(value.Id);
                ForgetAnswers();
                break;
            case IDiscardOperation:
                break;
            default:
                if (PlaceOf(target) is { } place)
                    Put(place, value, target);
                else
                    Visit(target);
                break;
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void AssignElements(ITupleOperation tuple, Value value)
    {
        var type = tuple.Type as INamedTypeSymbol;
        for (int i = 0; i < tuple.Elements.Length; i++)
        {
            var element = type is { IsTupleType: true } && i < type.TupleElements.Length
                ? State.Find(CellOf(value.Id, type.TupleElements[i]))
                : null;
            Assign(tuple.Elements[i], element is null ? Unknown(tuple.Elements[i]) : element with { Reads = default });
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void AssignProperty(IPropertyReferenceOperation operation, Value value)
    {
        var receiver = operation.Instance is null ? null : Visit(operation.Instance);
        if (operation.Instance is { } address && operation.Property.Name == "Value" && Symbols.AddressKindOf(address.Type) is not null)
        {
            Assign(address, MakeAddress(operation.Parent ?? operation, address.Type!, value));
            return;
        }

        if (!operation.Arguments.IsEmpty)
        {
            foreach (var index in operation.Arguments)
                Visit(index.Value);
            State = State.HandOn(value.Id);
            ForgetAnswers();
        }
        else if (operation.Property.SetMethod is { } setter && Resolve(setter, operation.Instance, receiver) is { Body: not null } target)
        {
            Call(operation, target, receiver, [value]);
        }
        else
        {
            Put(CellOf(RenamedReceiver(operation.Instance, receiver), operation.Property), value, operation);
        }
    }

    /// <summary>Changes what is known of the variable that an <c>out</c> argument names.</summary>
    public void Change(IOperation target, System.Func<Value, Value> change)
    {
        while (target is IDeclarationExpressionOperation declaration)
            target = declaration.Expression;
        var place = target is IFlowCaptureReferenceOperation capture ? State.Find(new Place.Capture(capture.Id))?.Alias : PlaceOf(target);
        if (place is null || State.Find(place) is not { } value)
            return;
        var changed = change(value);
        State = State.With(place, changed);
    }

    [MethodImpl(Jit.AtOnce)]
    private Place? PlaceOf(IOperation target) => target switch
    {
        ILocalReferenceOperation local => new Place.Variable(local.Local),
        IParameterReferenceOperation { Parameter: var captured } when IsOfPrimaryConstructor(captured) => CellOf(Sym.This.Instance, captured),
        IParameterReferenceOperation parameter => new Place.Variable(parameter.Parameter),
        IFieldReferenceOperation field =>
            CellOf(RenamedReceiver(field.Instance, field.Instance is null ? null : Visit(field.Instance)), field.Field),
        IPropertyReferenceOperation { Arguments.IsEmpty: true } property =>
            CellOf(property.Instance is null ? null : Visit(property.Instance).Id, property.Property),
        _ => null,
    };

    /// <summary>A struct in a variable is its own: changing a member of it changes no copy of it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Sym? RenamedReceiver(IOperation? instance, Value? receiver)
    {
        if (instance?.Type is not { IsValueType: true } || instance is not (ILocalReferenceOperation or IParameterReferenceOperation))
            return receiver?.Id;
        var place = PlaceOf(instance)!;
        var copy = Fresh(instance.Syntax.Span, 3);
        foreach (var entry in State.Store.Where(entry => entry.Key is Place.Cell cell && Equals(cell.Receiver, receiver?.Id)).ToList())
            State = State.With(new Place.Cell(copy, ((Place.Cell)entry.Key).Symbol), entry.Value);
        State = State.With(place, receiver!.As(copy));
        return copy;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Put(Place place, Value value, IOperation operation)
    {
        if (place is Place.Cell cell)
        {
            var stored = State.IsQuestioned(value) ? value.Plain() : value;
            _results.Store(new(cell.Symbol.OriginalDefinition, stored.Stored()));
            if (TypeOf(cell.Symbol) is { TypeKind: TypeKind.Delegate })
                StoreInSlot(value, cell.Symbol, operation.Syntax.GetLocation(), State.EntryFacts(), []);
            foreach (var check in Checks.OnStore)
                check.OnStore(cell, value, operation, this);
            State = State.HandOn(value.Id);
        }

        State = State.With(place, value.Stored());
    }

    private static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Somebody else may have written here.</summary>
    private void Havoc(IOperation target)
    {
        if (PlaceOf(target) is { } place)
            State = State.With(place, Unknown(target, 1));
    }

    /// <summary>What was asked before, of an array or a collection, may have another answer now: what was known of an element is not of what is there now.</summary>
    private void ForgetAnswers() => State = State.Without([.. State.Store.Select(static entry => entry.Key).Where(static place => place is Place.Answer)])
        .ForgetObjects(static part => part is Sym.Query { Symbol: null or IPropertySymbol });
}
