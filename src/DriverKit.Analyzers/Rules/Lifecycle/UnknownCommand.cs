using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>Goes the way through a handler that a command takes which equals none of the constants it is compared with.</summary>
/// <remarks>Other questions are left open: what is returned under one of them is no answer to the command. Where the code is too odd to be sure, there is no answer.</remarks>
internal sealed class UnknownCommand(IParameterSymbol command)
{
    private readonly Dictionary<ILocalSymbol, IOperation?> _locals = new(SymbolEqualityComparer.Default);

    /// <summary>True when the command has been compared on the way.</summary>
    private bool _isCompared;

    /// <summary>How many open questions the statement at hand is under.</summary>
    private int _open;

    private IOperation? _answer;

    private enum End
    {
        /// <summary>Goes on behind it.</summary>
        Through,

        /// <summary>Leaves the switch.</summary>
        Break,

        /// <summary>Nothing behind it is reached.</summary>
        Done,
    }

    /// <summary>The value that is returned on that way; null when that is not certain.</summary>
    public IOperation? AnswerOf(IOperation body)
    {
        Run(body);
        return _answer;
    }

    private End Run(IOperation? statement)
    {
        switch (statement)
        {
            case IMethodBodyOperation method:
                return Run(method.BlockBody ?? method.ExpressionBody);
            case IBlockOperation block:
                return RunAll(block.Operations);
            case ILocalFunctionOperation function when function.Body is not null && function.Parent is not IBlockOperation:
                return Run(function.Body);
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(static declaration => declaration.Declarators))
                    _locals[declarator.Symbol] = declarator.Initializer?.Value;
                return End.Through;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: { } local } } assignment }:
                _locals[local] = _open == 0 ? assignment.Value : null;
                return End.Through;
            case IConditionalOperation branch:
                return Run(branch);
            case ISwitchOperation choice:
                return Run(choice);
            case IReturnOperation { ReturnedValue: { } value }:
                if (_open == 0)
                    _answer = _isCompared || value.Unwrapped() is ISwitchExpressionOperation or IConditionalOperation or IInvocationOperation ? Choose(value) : null;
                return End.Done;
            case IReturnOperation or IBranchOperation { BranchKind: BranchKind.Continue or BranchKind.GoTo } or IThrowOperation:
                return End.Done;
            case IBranchOperation:
                return End.Break;
            case ILoopOperation or ITryOperation or IUsingOperation or ILockOperation:
                Leave(statement);
                return End.Through;
            default:
                Forget(statement);
                return End.Through;
        }
    }

    private End RunAll(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
        {
            // A label can be jumped to from anywhere.
            if (statement is ILabeledOperation)
            {
                _answer = null;
                return End.Done;
            }

            var end = Run(statement);
            if (end != End.Through)
                return end;
        }

        return End.Through;
    }

    private End Run(IConditionalOperation branch)
    {
        if (Ask(branch.Condition) is { } holds)
            return holds ? Run(branch.WhenTrue) : Run(branch.WhenFalse);
        Leave(branch);
        return End.Through;
    }

    private End Run(ISwitchOperation choice)
    {
        if (!IsCommand(choice.Value))
        {
            Leave(choice);
            return End.Through;
        }

        var clauses = choice.Cases.SelectMany(static section => section.Clauses).ToList();
        if (clauses.Exists(static clause => clause is not (IDefaultCaseClauseOperation or ISingleValueCaseClauseOperation or IPatternCaseClauseOperation { Pattern: IConstantPatternOperation or IBinaryPatternOperation })))
        {
            // Ranges and other patterns: whether a number is one of those nobody knows.
            _open++;
            return End.Done;
        }

        _isCompared = true;
        var unknown = choice.Cases.FirstOrDefault(static section => section.Clauses.Any(static clause => clause is IDefaultCaseClauseOperation));
        return unknown is null || RunAll(unknown.Body) is End.Through or End.Break ? End.Through : End.Done;
    }

    /// <summary>An open question: whatever is assigned under it is not known any more.</summary>
    private void Leave(IOperation statement)
    {
        _open++;
        foreach (var part in statement.ChildOperations)
            Forget(part);
        _open--;
    }

    private void Forget(IOperation? statement)
    {
        foreach (var local in statement?.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Where(IsWritten) ?? [])
            _locals[local.Local] = null;
    }

    private static bool IsWritten(ILocalReferenceOperation local) =>
        local.Parent is IAssignmentOperation { Target: var target } && target == local
        || local.Parent is ITupleOperation or IIncrementOrDecrementOperation
        || local.Parent is IArgumentOperation { Parameter.RefKind: not RefKind.None };

    /// <summary>Of a value that goes by the command, the part for an unknown one.</summary>
    private IOperation? Choose(IOperation value)
    {
        var inner = value.Unwrapped();
        switch (inner)
        {
            case ILocalReferenceOperation { Local: { } local }:
                return _locals.TryGetValue(local, out var known) && known is not null ? Choose(known) : null;
            case ISwitchExpressionOperation choice when IsCommand(choice.Value):
                return choice.Arms.All(static arm => arm.Pattern is IConstantPatternOperation or IBinaryPatternOperation or IDiscardPatternOperation)
                    && choice.Arms.FirstOrDefault(static arm => arm is { Pattern: IDiscardPatternOperation, Guard: null }) is { } rest ? Chosen(rest.Value) : null;
            case IConditionalOperation branch:
                return Ask(branch.Condition) is { } holds ? Chosen(holds ? branch.WhenTrue : branch.WhenFalse!) : null;
            case ISwitchExpressionOperation:
                return null;
            default:
                return _isCompared || inner is IInvocationOperation ? inner : null;
        }
    }

    private IOperation? Chosen(IOperation part)
    {
        _isCompared = true;
        return Choose(part);
    }

    /// <summary>What a condition says of an unknown command; null for other questions.</summary>
    private bool? Ask(IOperation condition)
    {
        switch (condition.Unwrapped())
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return !Ask(not.Operand);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and:
                return Ask(and.LeftOperand) is { } left ? left ? Ask(and.RightOperand) : false : Ask(and.RightOperand) == false ? false : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or:
                return Ask(or.LeftOperand) is { } first ? first ? true : Ask(or.RightOperand) : Ask(or.RightOperand) == true ? true : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compare
                when (IsCommand(compare.LeftOperand) && IsFixed(compare.RightOperand)) || (IsCommand(compare.RightOperand) && IsFixed(compare.LeftOperand)):
                _isCompared = true;
                return compare.OperatorKind == BinaryOperatorKind.NotEquals;
            case IIsPatternOperation { Pattern: IConstantPatternOperation } single when IsCommand(single.Value):
                _isCompared = true;
                return false;
            case IIsPatternOperation { Pattern: IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } } several when IsCommand(several.Value):
                _isCompared = true;
                return false;
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation or IBinaryPatternOperation } } none when IsCommand(none.Value):
                _isCompared = true;
                return true;
            default:
                return null;
        }
    }

    /// <summary>A number that a command is compared with: a constant, or a static readonly field or property that holds one.</summary>
    private static bool IsFixed(IOperation value) =>
        value.Unwrapped() is { ConstantValue.HasValue: true } or IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } } or IPropertyReferenceOperation { Property.IsStatic: true };

    private bool IsCommand(IOperation value) => value.Unwrapped() switch
    {
        IParameterReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, command),
        IInvocationOperation { TargetMethod: { Name: "IocNr", ContainingType.Name: "AsmIoctl" } } call => IsCommand(call.Arguments[0].Value),
        ILocalReferenceOperation { Local: { } local } => _locals.TryGetValue(local, out var known) && known is not null && IsCommand(known),
        _ => false,
    };
}
