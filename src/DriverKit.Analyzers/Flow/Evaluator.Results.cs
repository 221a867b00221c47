using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>What a driver's functions return: a count, or a negated errno. Callers decide by it, so it must not be lost.</content>
internal sealed partial class Evaluator
{
    /// <summary>A number made into a result stays that number; a negated errno is an error whatever its number.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value? MakeResult(IOperation operation, IMethodSymbol method, Value operand)
    {
        if (!Symbols.IsKernelResult(method.ReturnType) || method.Parameters is not { Length: 1 } parameters)
            return null;
        if (!Symbols.IsErrno(parameters[0].Type))
        {
            // A count is no error.
            if (parameters[0].Type.SpecialType is SpecialType.System_UInt64 or SpecialType.System_UInt32)
                State = State.Assume(SymFactory.Less(operand.Id, Sym.Const.Zero), false) ?? State;
            return method.MethodKind == MethodKind.Conversion ? AsResult(operation, operand) : null;
        }

        var error = Unknown(operation);
        State = State.Assume(SymFactory.Less(error.Id, Sym.Const.Zero), true) ?? State;
        State = State.Assume(SymFactory.IsZero(error.Id), false) ?? State;
        return error;
    }

    /// <summary>On a value that rules have noted something of: here it became a result.</summary>
    public const string Result = nameof(Result);

    private static Value AsResult(IOperation operation, Value operand)
    {
        operand = operand with { Origin = null, Kind = null, Root = null, IsAddress = false };
        return operand.Tags.Count == 0 ? operand : operand.With(new(Result, string.Empty, operation.Syntax.GetLocation(), false));
    }

    /// <summary>What a result says about itself.</summary>
    private Value? PropertyOfResult(IPropertyReferenceOperation operation, Value receiver) =>
        ResultProperty(operation.Property, operation.Instance?.Type, receiver);

    private Value? ResultProperty(ISymbol property, ITypeSymbol? owner, Value receiver)
    {
        if (!Symbols.IsKernelResult(owner))
            return null;
        return property.Name switch
        {
            "Value" => receiver with { Origin = null, Kind = null, Root = null },
            "IsError" => new(SymFactory.Less(receiver.Id, Sym.Const.Zero)),
            "IsSuccess" => new(SymFactory.Not(SymFactory.Less(receiver.Id, Sym.Const.Zero))),
            _ => null,
        };
    }

    /// <summary>Sums of constants are constants: counters decide conditions too.</summary>
    private static Value? Fold(BinaryOperatorKind kind, Value left, Value right) => (left.Id, right.Id) switch
    {
        (Sym.Const { Value: long a }, Sym.Const { Value: long b }) when kind == BinaryOperatorKind.Add => new(SymFactory.Constant(unchecked(a + b))),
        (Sym.Const { Value: long a }, Sym.Const { Value: long b }) when kind == BinaryOperatorKind.Subtract => new(SymFactory.Constant(unchecked(a - b))),
        _ => null,
    };
}
