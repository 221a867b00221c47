using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>What is written around a sleep: what was looked at before it, and what was started.</summary>
/// <param name="compilation">The compilation.</param>
/// <param name="symbols">The kit's symbols.</param>
/// <param name="sleepers">Which methods sleep so: kept for the whole compilation, as every call asks.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class WaitingCode(Compilation compilation, KnownSymbols symbols, ConcurrentDictionary<IMethodSymbol, bool> sleepers, CancellationToken cancellation)
{
    private const int MaxDepth = 3;

    private static readonly string[] Starters =
        ["TaskletSchedule", "TaskletHiSchedule", "ScheduleWork", "ScheduleDelayedWork", "QueueWork", "QueueDelayedWork", "AddTimer", "AddTimerOn", "ModTimer"];

    /// <summary>True for <c>sleep_on</c> and its kin without a time that runs out, and for a method that does nothing before it but sleep so.</summary>
    public bool Sleeps(IInvocationOperation call) => sleepers.GetOrAdd(call.TargetMethod.OriginalDefinition, method => IsSleepOn(method) || SleepsFirst(method));

    private bool SleepsFirst(IMethodSymbol method) =>
        method.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction && symbols.KernelFunction(method) is null
            && CodeOf(method) is { } code && Statements(code).FirstOrDefault() is { } first && CallIn(first) is { } inner && IsSleepOn(inner.TargetMethod);

    /// <summary>The condition that the sleep is under, when others change it.</summary>
    public (string What, SyntaxNode At)? LookBefore(IOperation sleep)
    {
        for (IOperation inside = sleep, each = sleep.Parent!; each is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation); inside = each, each = each.Parent!)
        {
            var condition = each switch
            {
                IConditionalOperation branch when branch.Condition != inside => branch.Condition,
                IWhileLoopOperation loop when loop.Condition != inside && loop.Condition is { ConstantValue.HasValue: false } => loop.Condition,
                IForLoopOperation loop when loop.Condition is { ConstantValue.HasValue: false } => loop.Condition,
                IBlockOperation { Parent: ILoopOperation } block => LeavesLoop(block, inside),
                _ => null,
            };
            if (condition is not null && IsChangedByOthers(condition))
                return ("the look", condition.Syntax);
        }

        return null;
    }

    /// <summary>What was started before the sleep, and wakes sleepers when it runs.</summary>
    public (string What, SyntaxNode At)? StartBefore(IOperation sleep)
    {
        if (sleep.Parent is not { Parent: IBlockOperation block } statement)
            return null;
        foreach (var before in block.Operations.TakeWhile(each => each != statement).Reverse())
        {
            if (CallIn(before) is { } call && StarterIn(call, 0) is { } starter && Wakes(starter))
                return ("the start", call.Syntax);
        }

        return null;
    }

    /// <summary>For <c>schedule()</c>: the look before the state was set, with none between the two.</summary>
    public (string What, SyntaxNode At)? LookBeforeState(IOperation schedule)
    {
        if (schedule.Parent is not { Parent: IBlockOperation block } statement)
            return null;
        foreach (var before in block.Operations.TakeWhile(each => each != statement).Reverse())
        {
            // A lock that is given up here has covered the look and the way into the queue; another statement may look again.
            if (CallIn(before) is not { } call || symbols.KernelFunction(call.TargetMethod) is not { } name || Contract.Read(call.TargetMethod, []).Find("Releases") is not null)
                return null;
            if (name is "PrepareToWait" or "PrepareToWaitExclusive")
                return LookBefore(block.Operations.Contains(before) ? before : schedule);
        }

        return null;
    }

    private bool IsSleepOn(IMethodSymbol method) =>
        symbols.KernelFunction(method) is not null && method.Parameters.All(static parameter => parameter.Name != "timeout") && Contract.Read(method, []).Find("WaitsUnconditionally") is not null;

    /// <summary>In a loop without a condition of its own: the one that leaves it before the sleep.</summary>
    private static IOperation? LeavesLoop(IBlockOperation block, IOperation inside) => block.Operations.TakeWhile(each => each != inside).OfType<IConditionalOperation>()
        .FirstOrDefault(static branch => branch.WhenFalse is null && Last(branch.WhenTrue) is IBranchOperation { BranchKind: BranchKind.Break } or IReturnOperation)?.Condition;

    private static IOperation? Last(IOperation operation) => operation is IBlockOperation block ? block.Operations.LastOrDefault() : operation;

    /// <summary>True when the condition reads a field that a method which wakes sleepers, or calls one that does, also has to do with.</summary>
    private bool IsChangedByOthers(IOperation condition) => FieldsIn(condition, 0).Any(field => WakersOf(field.ContainingType).Any(waker => Names(waker, field)));

    private IEnumerable<IFieldSymbol> FieldsIn(IOperation code, int depth)
    {
        foreach (var part in code.DescendantsAndSelf())
        {
            if (part is IFieldReferenceOperation { Field: { IsConst: false } field } && !HasModuleParam(field))
                yield return field;
            var method = part switch
            {
                IPropertyReferenceOperation property => property.Property.GetMethod,
                IInvocationOperation call => call.TargetMethod,
                _ => null,
            };
            if (method is not null && depth < MaxDepth && CodeOf(method) is { } inner)
            {
                foreach (var deeper in FieldsIn(inner, depth + 1))
                    yield return deeper;
            }
        }
    }

    private static bool HasModuleParam(IFieldSymbol field) => field.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ModuleParamAttribute");

    /// <summary>The type's methods that call a wake-up themselves.</summary>
    private IEnumerable<IOperation> WakersOf(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Select(CodeOf).OfType<IOperation>().Where(code => WakesIn(code, 0));

    private static bool Names(IOperation code, IFieldSymbol field) =>
        code.DescendantsAndSelf().Any(part => part is IFieldReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Field, field) && IsWritten(reference));

    /// <summary>Assigned, counted, or handed to a function that may change it.</summary>
    private static bool IsWritten(IFieldReferenceOperation reference) =>
        reference.Parent is IAssignmentOperation { Target: var target } && target == reference
        || reference.Parent is IIncrementOrDecrementOperation or IArgumentOperation or ITupleOperation;

    private bool WakesIn(IOperation code, int depth) => code.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call =>
        symbols.KernelFunction(call.TargetMethod) is { } name
            ? name.StartsWith("WakeUp", System.StringComparison.Ordinal)
            : depth < MaxDepth && CodeOf(call.TargetMethod) is { } inner && WakesIn(inner, depth + 1));

    /// <summary>The field of what a call starts: a tasklet, work, a timer.</summary>
    private IFieldSymbol? StarterIn(IInvocationOperation call, int depth)
    {
        if (symbols.KernelFunction(call.TargetMethod) is { } name)
        {
            return System.Array.IndexOf(Starters, name) < 0 ? null
                : call.Arguments.Select(static argument => argument.Value.Unwrapped()).OfType<IFieldReferenceOperation>().Select(static reference => reference.Field)
                    .FirstOrDefault(static field => field.Type.Name is "TaskletStruct" or "WorkStruct" or "DelayedWork" or "TimerList");
        }

        return depth < MaxDepth && CodeOf(call.TargetMethod) is { } code
            ? Statements(code).Select(CallIn).OfType<IInvocationOperation>().Select(inner => StarterIn(inner, depth + 1)).FirstOrDefault(static found => found is not null)
            : null;
    }

    /// <summary>True when the function that is given to the thing, where it is made or set up, wakes sleepers.</summary>
    private bool Wakes(IFieldSymbol started) => started.ContainingType.DeclaringSyntaxReferences
        .SelectMany(reference => Sinks.NamesIn(reference.GetSyntax(cancellation), started.Name).Cast<SyntaxNode>().Concat(DeclaratorsOf(reference, started)))
        .Any(node => GivesWaker(node, started));

    private IEnumerable<SyntaxNode> DeclaratorsOf(SyntaxReference type, IFieldSymbol field) =>
        field.DeclaringSyntaxReferences.Where(reference => reference.SyntaxTree == type.SyntaxTree).Select(reference => reference.GetSyntax(cancellation));

    private bool GivesWaker(SyntaxNode node, IFieldSymbol started)
    {
        var model = Sinks.ModelOf(compilation, node.SyntaxTree);
        var use = node is Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax { Initializer: { } initializer }
            ? model.GetOperation(initializer.Value, cancellation)
            : SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(node, cancellation).Symbol, started) ? model.GetOperation(node, cancellation)?.Parent : null;
        while (use is IArgumentOperation or IConversionOperation)
            use = use.Parent;
        return use?.DescendantsAndSelf().OfType<IDelegateCreationOperation>().Any(given => given.Target switch
        {
            IAnonymousFunctionOperation lambda => WakesIn(lambda.Body, 0),
            IMethodReferenceOperation reference => CodeOf(reference.Method) is { } code && WakesIn(code, 0),
            _ => false,
        }) == true;
    }

    private IOperation? CodeOf(IMethodSymbol method)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference)
            return null;
        var syntax = reference.GetSyntax(cancellation);
        return Sinks.ModelOf(compilation, syntax.SyntaxTree).GetOperation(syntax, cancellation);
    }

    private static IEnumerable<IOperation> Statements(IOperation code) => code switch
    {
        IMethodBodyOperation method => (method.BlockBody ?? method.ExpressionBody)?.Operations ?? [],
        ILocalFunctionOperation function => function.Body?.Operations ?? [],
        IBlockOperation block => block.Operations,
        _ => [],
    };

    private static IInvocationOperation? CallIn(IOperation statement) => statement switch
    {
        IExpressionStatementOperation { Operation: IInvocationOperation call } => call,
        IReturnOperation { ReturnedValue: IInvocationOperation call } => call,
        _ => null,
    };
}
