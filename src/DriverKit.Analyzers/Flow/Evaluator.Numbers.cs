using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>Operators: what conditions mean, and what is left of an address in a number.</content>
internal sealed partial class Evaluator
{
    private const ulong LowestAddressBit = 1ul << 31;

    /// <summary>Long sums and concatenations lean to the left; they are taken in a loop so that none is too deep.</summary>
    [MethodImpl(Jit.AtOnce)]
    public override Value VisitBinaryOperator(IBinaryOperation operation, object? argument)
    {
        var spine = new Stack<IBinaryOperation>();
        IOperation leftmost = operation;
        while (leftmost is IBinaryOperation { ConstantValue.HasValue: false } binary)
        {
            spine.Push(binary);
            leftmost = binary.LeftOperand;
        }

        var value = Visit(leftmost);
        while (spine.Count > 0)
        {
            var next = spine.Pop();
            value = Typed(Combine(next, next.OperatorKind, value, Visit(next.RightOperand), next.OperatorMethod), next.Type);
        }

        return value;
    }

    public override Value VisitUnaryOperator(IUnaryOperation operation, object? argument)
    {
        var operand = Visit(operation.Operand);
        return operation switch
        {
            { OperatorMethod: { } method } => CallOperator(operation, method, [operand]),
            { OperatorKind: UnaryOperatorKind.Not } => new(SymFactory.Not(operand.Id)),
            { OperatorKind: UnaryOperatorKind.BitwiseNegation } when SymFactory.NumberOf(operand.Id) is { } number =>
                new(SymFactory.Constant(~number)),
            { OperatorKind: UnaryOperatorKind.Plus } => operand,
            _ => Unknown(operation),
        };
    }

    public override Value VisitCompoundAssignment(ICompoundAssignmentOperation operation, object? argument)
    {
        var left = Visit(operation.Target);
        var right = Visit(operation.Value);
        var value = Typed(Combine(operation, operation.OperatorKind, left, right, operation.OperatorMethod), operation.Type);
        Assign(operation.Target, value);
        return value;
    }

    public override Value VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation, object? argument)
    {
        var before = Visit(operation.Target);
        var kind = operation.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        var after = Fold(kind, before, new(SymFactory.Constant(1))) ?? before.As(ComputedId(operation, kind, before, new(SymFactory.Constant(1L))));
        Assign(operation.Target, after);
        return operation.IsPostfix ? before : after;
    }

    [MethodImpl(Jit.AtOnce)]
    private void TellArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right)
    {
        foreach (var observer in Checks.Observers)
            observer.OnArithmetic(operation, kind, left, right, this);
        foreach (var check in Checks.OnArithmetic)
            check.OnArithmetic(operation, kind, left, right, this);
    }

    [MethodImpl(Jit.AtOnce)]
    private Value Combine(IOperation operation, BinaryOperatorKind kind, Value left, Value right, IMethodSymbol? method)
    {
        TellArithmetic(operation, kind, left, right);
        bool onAddress = method is not null && Symbols.AddressKindOf(method.ContainingType) is not null;
        if (Comparison(kind, left, right) is { } condition && (method is null || onAddress || IsPlainEquality(method)))
        {
            Relate(operation, left, right, "compared with");
            AskAbout(left, right);
            return new(Bounded(condition, () => Unknown(operation).Id));
        }

        if (method is not null && Symbols.IsFrameNumber(method.ContainingType))
            return (new Value(Comparison(kind, left, right) is { } order ? Bounded(order, () => Unknown(operation).Id) : ComputedId(operation, kind, left, right)) with
            {
                Unit = Symbols.IsFrameNumber(method.ReturnType) ? left.Unit == Unit.Bytes ? Unit.Bytes : Unit.Frames : Unit.Pages,
            }).ComputedFrom(left, right);
        if (onAddress)
            return OnAddress(operation, kind, left, right, method!);
        if (method is not null)
            return CallOperator(operation, method, [left, right]);
        var value = Fold(kind, left, right) ?? kind switch
        {
            BinaryOperatorKind.Add => Sum(operation, left, right),
            BinaryOperatorKind.Subtract => Difference(operation, left, right),
            BinaryOperatorKind.And => Masked(operation, left, right, isAnd: true),
            BinaryOperatorKind.Or => Masked(operation, left, right, isAnd: false),
            BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder
                or BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift => new Value(ComputedId(operation, kind, left, right)),
            _ => Unknown(operation),
        };
        return (value with { Unit = Units.Of(kind, left, right) }).ComputedFrom(left, right);
    }

    /// <summary>An address moved by a number is of the same kind; the difference of two addresses is a number of bytes.</summary>
    private Value OnAddress(IOperation operation, BinaryOperatorKind kind, Value left, Value right, IMethodSymbol method)
    {
        var id = ComputedId(operation, kind, left, right);
        return Symbols.AddressKindOf(method.ReturnType) is null
            ? new Value(id) { Unit = Unit.Bytes }.ComputedFrom(left, right)
            : left.As(id).ComputedFrom(left, right) with { IsAddress = true };
    }

    private Sym ComputedId(IOperation operation, BinaryOperatorKind kind, Value left, Value right) =>
        Bounded(SymFactory.Arithmetic(kind, left.Id, right.Id), () => Unknown(operation).Id);

    private static Sym? Comparison(BinaryOperatorKind kind, Value left, Value right) => kind switch
    {
        BinaryOperatorKind.Equals => SymFactory.Equal(left.Id, right.Id),
        BinaryOperatorKind.NotEquals => SymFactory.Not(SymFactory.Equal(left.Id, right.Id)),
        BinaryOperatorKind.LessThan => SymFactory.Less(left.Id, right.Id),
        BinaryOperatorKind.GreaterThan => SymFactory.Less(right.Id, left.Id),
        BinaryOperatorKind.LessThanOrEqual => SymFactory.Not(SymFactory.Less(right.Id, left.Id)),
        BinaryOperatorKind.GreaterThanOrEqual => SymFactory.Not(SymFactory.Less(left.Id, right.Id)),
        _ => null,
    };

    /// <summary>An equality that nobody wrote here compares values: a record's, a string's, a library type's.</summary>
    private bool IsPlainEquality(IMethodSymbol method) =>
        method.Name is WellKnownMemberNames.EqualityOperatorName or WellKnownMemberNames.InequalityOperatorName
        && (method.IsImplicitlyDeclared || _session.Engine.Bodies.Of(method) is null);

    private Value Sum(IOperation operation, Value left, Value right)
    {
        Relate(operation, left, right, "added to");
        if (left.Kind is not null && right.Kind is not null)
        {
            if ((left.Distance == Distance.No) == (right.Distance == Distance.No))
                return Unknown(operation);
            return (left.Distance == Distance.No ? left : right).As(ComputedId(operation, BinaryOperatorKind.Add, left, right));
        }

        var address = IsKnown(left) || (!IsKnown(right) && left.Root is not null) ? left : right;
        var id = ComputedId(operation, BinaryOperatorKind.Add, left, right);
        return address.Distance == Distance.No ? address.As(id) : new(id);
    }

    private Value Difference(IOperation operation, Value left, Value right)
    {
        Relate(operation, left, right, "in one difference with");
        if (right.Kind is not null && right.Distance == Distance.No)
            return new(ComputedId(operation, BinaryOperatorKind.Subtract, left, right));
        var distance = right.Id is Sym.Const ? Distance.Maybe : Distance.Likely;
        return left.As(ComputedId(operation, BinaryOperatorKind.Subtract, left, right)) with
        {
            Distance = left.Distance > distance ? left.Distance : distance,
            Kind = distance == Distance.Likely ? null : left.Kind,
        };
    }

    /// <summary>A mask that keeps no high bit leaves an offset; any other leaves an address.</summary>
    private Value Masked(IOperation operation, Value left, Value right, bool isAnd)
    {
        if (left.Id is Sym.Const)
            (left, right) = (right, left);
        if (SymFactory.NumberOf(right.Id) is not { } mask)
            return isAnd || right.Kind is not null ? Unknown(operation) : left.As(Unknown(operation).Id);
        var bits = Bounded(SymFactory.Bits(isAnd, left.Id, mask), () => Unknown(operation).Id);
        return isAnd && mask < LowestAddressBit ? new(bits) : left.As(bits);
    }

    /// <summary>Two numbers meet: if one is known to be of a kind of address, the other should be no other kind.</summary>
    private void Relate(IOperation operation, Value left, Value right, string how)
    {
        if (right.Kind is { } kind && right.Distance == Distance.No)
            Use(new NumberUse(left, kind.Type, kind.Name, how, operation, IsSum: true));
        else if (left.Kind is { } other && left.Distance == Distance.No)
            Use(new NumberUse(right, other.Type, other.Name, how, operation, IsSum: true));
    }

    /// <summary>An address compared with something of another or unknown origin: the driver asks where it lies, and will act on it.</summary>
    private void AskAbout(Value left, Value right)
    {
        if (left.Id is Sym.Const { Value: 0L } || right.Id is Sym.Const { Value: 0L })
            return;
        if (left.Origin?.Name == right.Origin?.Name && (left.Origin is not null || Equals(left.Root, right.Root)))
            return;
        foreach (var value in new[] { left, right })
        {
            if (value.IsAddress || value.Kind is not null || value.Origin is not null)
                State = State.Question(value.Origin).Question(value.Root);
        }
    }

    private static bool IsKnown(Value value) => value.Kind is not null || value.Origin is not null;
}
