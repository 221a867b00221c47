using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>Calls, by name and through delegates, and what is created.</content>
internal sealed partial class Evaluator
{
    /// <summary>The value of an argument that code with an error has left out.</summary>
    private static readonly Value Omitted = new(Sym.Const.Zero);

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitInvocation(IInvocationOperation operation, object? argument)
    {
        if (State.Holds.Any(static hold => hold.ForbidsSleep) && Symbols.IsTrueInAtomicContext(operation.TargetMethod))
            return new(Sym.Const.True);
        var receiver = operation.Instance is null ? null : Visit(operation.Instance);
        var arguments = InOrder(operation.TargetMethod, operation.Arguments);
        if (ReadOfAddress(operation, receiver, arguments) is { } number)
            return number;
        if (operation.TargetMethod.MethodKind == MethodKind.DelegateInvoke && receiver is not null)
        {
            if (receiver.Target is not { } target)
            {
                TellInvoke(receiver, operation);
                target = new(operation.TargetMethod, null);
            }

            return Call(operation, target, receiver.TargetReceiver is { } instance ? new(instance) : null, arguments, operation.Arguments);
        }

        return Call(operation, Resolve(operation.TargetMethod, operation.Instance, receiver), receiver, arguments, operation.Arguments);
    }

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitExpressionStatement(IExpressionStatementOperation operation, object? argument)
    {
        var value = Visit(operation.Operation);
        if (operation.Operation is IInvocationOperation call)
        {
            foreach (var check in Checks.OnDropped)
                check.OnDropped(value, call, this);
        }

        return value;
    }

    [MethodImpl(Jit.AtOnce)]
    public override Value VisitObjectCreation(IObjectCreationOperation operation, object? argument)
    {
        var arguments = operation.Constructor is { } constructor
            ? InOrder(constructor, operation.Arguments)
            : [.. operation.Arguments.Select(index => Visit(index.Value))];
        var value = Create(operation, arguments);
        if (operation.Initializer is { } initializer)
            Visit(initializer);
        return value;
    }

    public override Value VisitDelegateCreation(IDelegateCreationOperation operation, object? argument) => operation.Target switch
    {
        IMethodReferenceOperation method => DelegateTo(operation, method),
        IFlowAnonymousFunctionOperation lambda => Visit(lambda),
        var target => Visit(target),
    };

    public override Value VisitFlowAnonymousFunction(IFlowAnonymousFunctionOperation operation, object? argument)
    {
        HandOnCaptured(operation);
        var lambda = NestedBodies.Lambda(operation, _graph);
        _results.Meet(lambda);
        return NotNull(Unknown(operation)) with
        {
            Target = new(operation.Symbol, lambda),
            TargetReceiver = Sym.This.Instance,
        };
    }

    /// <summary>What a lambda captures may live as long as the lambda does.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void HandOnCaptured(IFlowAnonymousFunctionOperation lambda)
    {
        if (State.Objects.IsEmpty && !State.Store.Any(static entry => entry.Key is Place.Variable && entry.Value.Id.IsKernelInput))
            return;
        var names = new HashSet<string>(lambda.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>().Select(static name => name.Identifier.ValueText));
        foreach (var entry in State.Store)
        {
            if (entry.Key is Place.Variable variable && names.Contains(variable.Symbol.Name))
                State = State.HandOn(entry.Value.Id);
        }
    }

    /// <summary>The arguments of a call: used, and put into slots where the parameter is one.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void HandOut(IMethodSymbol method, Contract contract, List<Value> values, IOperation operation, List<IArgumentOperation> written)
    {
        foreach (var argument in written)
        {
            if (argument.Parameter is not { } parameter || parameter.Ordinal >= values.Count)
                continue;
            if (parameter.RefKind == RefKind.None && contract.FindOn(parameter.Ordinal, "FreesWith") is null)
                Use(values[parameter.Ordinal], argument.Value);
            if (parameter.Type.TypeKind == TypeKind.Delegate)
                StoreInSlot(values[parameter.Ordinal], parameter, argument.Value.Syntax.GetLocation(), State.EntryFacts(), [Body.NameOf(method)]);
        }
    }

    /// <summary>A delegate is put where the kernel will call it, if that is such a place.</summary>
    private void StoreInSlot(Value value, ISymbol slot, Location at, Map<Sym, bool> guard, ImmutableArray<string> chain)
    {
        if (Symbols.SlotOf(slot) is not { } contract)
            return;
        if (value.Target is { } target)
        {
            var store = new SlotStore(target, slot, contract, at);
            _results.Put(store);
            foreach (var check in Checks.OnSlot)
                check.OnSlot(store, this);
        }
        else if (value.Id.IsFromEntry && value.Id is not Sym.Const)
        {
            Raise(new SlotEffect(guard, chain, value.Id, slot), at);
        }
    }

    private Value NotNull(Value value)
    {
        State = State.Assume(SymFactory.IsZero(value.Id), false) ?? State;
        return value;
    }

    private Value DelegateTo(IDelegateCreationOperation operation, IMethodReferenceOperation method)
    {
        var receiver = method.Instance is null ? null : Visit(method.Instance);
        return NotNull(Unknown(operation)) with
        {
            Target = Resolve(method.Method, method.Instance, receiver),
            TargetReceiver = receiver?.Id,
        };
    }

    /// <summary>The arguments' values, evaluated as written, in the order of the parameters.</summary>
    [MethodImpl(Jit.AtOnce)]
    private List<Value> InOrder(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments)
    {
        int count = method.Parameters.Length;
        var values = new List<Value>(count);
        for (int i = 0; i < count; i++)
            values.Add(Omitted);
        foreach (var argument in arguments)
        {
            var value = Visit(argument.Value);
            if (argument.Parameter is { Ordinal: var ordinal } && ordinal < count)
                values[ordinal] = value;
        }

        return values;
    }

    /// <summary>Methods that give back what they are called on: <c>GetValueOrDefault</c>, and the parts of an address.</summary>
    private Value? ReadOfAddress(IInvocationOperation operation, Value? receiver, List<Value> arguments)
    {
        var method = operation.TargetMethod;
        if (receiver is null || operation.Instance?.Type is not { } owner)
            return null;
        if (owner.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return method.Name == "GetValueOrDefault" && arguments.Count == 0 ? receiver : null;
        if (Symbols.IsFrameNumber(owner))
            return method.Name == "ToPhysical" ? Computed(operation, method, receiver, []) with { IsAddress = true } : null;
        if (Symbols.AddressKindOf(owner) is not { } kind)
            return null;
        if (method.Name == "Deconstruct" && operation.Arguments.Length == 1)
            Assign(operation.Arguments[0].Value, receiver with { IsAddress = false, Kind = new(owner, kind, operation.Syntax.GetLocation()) });
        if (method.ReturnsVoid)
            return Unknown(operation);
        var computed = Computed(operation, method, receiver, arguments);
        return Symbols.AddressKindOf(method.ReturnType) is not null ? receiver.As(computed.Id)
            : Symbols.IsFrameNumber(method.ReturnType) ? computed with { Unit = Unit.Frames } : computed;
    }

    private Value Create(IObjectCreationOperation operation, List<Value> arguments)
    {
        if (operation.Type is { } type && Symbols.AddressKindOf(type) is not null)
            return arguments.Count switch
            {
                0 => new(Sym.Const.Zero),
                1 => MakeAddress(operation, type, arguments[0]),
                _ => Unknown(operation),
            };
        if (Symbols.IsFrameNumber(operation.Type) && arguments.Count <= 1)
        {
            foreach (var check in arguments.Count == 0 ? [] : Checks.OnFrameNumber)
                check.OnFrameNumber(arguments[0], operation, this);
            return arguments.Count == 0 ? new(Sym.Const.Zero) : arguments[0] with { Alias = null, Reads = default };
        }

        if (Symbols.IsProtection(operation.Type) && arguments.Count <= 1)
            return arguments.Count == 0 ? new(Sym.Const.Zero) : arguments[0] with { Alias = null, Reads = default };
        var created = NotNull(Unknown(operation));
        if (operation.Constructor is not { } constructor)
            return created;
        Call(operation, new(constructor, _session.Engine.Bodies.Of(constructor)), created, arguments, operation.Arguments);
        foreach (var (property, index) in PositionalProperties(constructor))
            Put(CellOf(created.Id, property), arguments[index], operation);
        foreach (var (member, index) in PrimaryMembers(constructor))
            State = State.With(CellOf(created.Id, member), arguments[index].Stored());
        return created;
    }

    /// <summary>A number made into an address keeps its origin; its kind is asked about.</summary>
    private Value MakeAddress(IOperation operation, ITypeSymbol type, Value number)
    {
        Use(new NumberUse(number, type, Symbols.AddressKindOf(type)!, "made into", operation, IsSum: false));
        var disguise = number.Kind is { } kind && !SymbolEqualityComparer.Default.Equals(kind.Type, type) ? kind with { At = operation.Syntax.GetLocation() } : null;
        return number with { IsAddress = true, Kind = null, Disguise = disguise, Distance = Distance.No, Alias = null, Reads = default };
    }

    /// <summary>What a positional record's constructor sets without any code to read.</summary>
    private static IEnumerable<(IPropertySymbol Property, int Index)> PositionalProperties(IMethodSymbol constructor)
    {
        if (!constructor.ContainingType.IsRecord || constructor.Parameters.IsEmpty)
            yield break;
        foreach (var parameter in constructor.Parameters)
        {
            var property = constructor.ContainingType.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault();
            bool isPositional = property?.DeclaringSyntaxReferences.FirstOrDefault() is { } own
                && parameter.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == own.SyntaxTree && reference.Span == own.Span);
            if (isPositional)
                yield return (property!, parameter.Ordinal);
        }
    }

    /// <summary>What a primary constructor keeps: its parameters, and the fields that are initialised with one of them and nothing else.</summary>
    private static IEnumerable<(ISymbol Member, int Index)> PrimaryMembers(IMethodSymbol constructor)
    {
        if (constructor.Parameters.IsEmpty || !IsOfPrimaryConstructor(constructor.Parameters[0]))
            yield break;
        foreach (var parameter in constructor.Parameters)
            yield return (parameter.OriginalDefinition, parameter.Ordinal);
        foreach (var field in constructor.ContainingType.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: IdentifierNameSyntax name }
                && constructor.Parameters.FirstOrDefault(parameter => parameter.Name == name.Identifier.ValueText) is { } parameter)
                yield return (field, parameter.Ordinal);
        }
    }

    /// <summary>Such a parameter is as good as a field of the object.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static bool IsOfPrimaryConstructor(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor, DeclaringSyntaxReferences.IsEmpty: false } constructor
        && constructor.DeclaringSyntaxReferences[0].GetSyntax() is TypeDeclarationSyntax;

    /// <summary>What a call runs: the method itself, or the one that stands in for it on an instance whose type is certain.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Target Resolve(IMethodSymbol method, IOperation? instance, Value? receiver)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
            return new(method, NestedBodies.LocalFunction(method.OriginalDefinition, _graph));
        if (method.ContainingType is { TypeKind: TypeKind.Interface } && !method.IsStatic)
        {
            var type = Unconverted(instance)?.Type;
            method = type?.FindImplementationForInterfaceMember(method) as IMethodSymbol ?? method;
        }

        bool mayBeOverridden = (method.IsVirtual || method.IsAbstract || (method.IsOverride && !method.IsSealed))
            && !method.ContainingType.IsSealed && instance is not IInstanceReferenceOperation { Syntax: BaseExpressionSyntax };
        if (!mayBeOverridden)
            return new(method, _session.Engine.Bodies.Of(method));
        var overrides = _session.Engine.Overrides.Of(method);
        return overrides.Length == 1 && _session.Engine.ContractOf(method).IsEmpty ? overrides[0] : new(method, null) { Overrides = overrides };
    }

    private static IOperation? Unconverted(IOperation? operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
            operation = conversion.Operand;
        return operation;
    }

    private Value CallOperator(IOperation operation, IMethodSymbol method, List<Value> operands) =>
        MakeResult(operation, method, operands[0]) ?? Call(operation, new(method, _session.Engine.Bodies.Of(method)), null, operands);
}
