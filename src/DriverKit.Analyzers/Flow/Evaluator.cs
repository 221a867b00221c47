using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Runs one operation of a flow graph on one state: gives its value, leaves the state after it in <see cref="State"/>.</summary>
internal sealed partial class Evaluator : OperationVisitor<object?, Value>
{
    private readonly ControlFlowGraph _graph;
    private readonly GraphShape _shape;
    private readonly Session _session;
    private readonly LoopedHolds _looped;
    private readonly FlowResults _results;
    private readonly Forks _forks = new();

    public Evaluator(GraphShape shape, Session session, LoopedHolds looped, FlowResults results)
    {
        _graph = shape.Graph;
        _shape = shape;
        _session = session;
        _looped = looped;
        _results = results;
        State = State.Empty;
    }

    /// <summary>Begins an operation, in the first way that its calls may end.</summary>
    public void Start(State state)
    {
        _forks.Restart();
        (State, IsAlive) = (state, true);
    }

    /// <summary>Begins the operation again, in the next way that its calls may end; false when there is no other.</summary>
    public bool StartNext(State state)
    {
        if (!_forks.Next())
            return false;
        (State, IsAlive) = (state, true);
        return true;
    }

    public State State { get; private set; }

    /// <summary>False when a call on this path never returns.</summary>
    public bool IsAlive { get; private set; } = true;

    public KnownSymbols Symbols => _session.Engine.Symbols;

    public FlowEngine Engine => _session.Engine;

    /// <summary>The checks that are on.</summary>
    public FlowCheckTable Checks => _session.Engine.Checks;

    /// <summary>The body that is run.</summary>
    public Body Body => _results.Body;

    /// <summary>True when a path of the body may come to a place in the code twice.</summary>
    public bool HasLoop => _shape.HasLoop;

    public void Report(Finding finding) => _results.Report(finding);

    /// <summary>Nothing that the rule found because of this cause is certain any more, on whatever path.</summary>
    public void Excuse(string rule, Location cause) => _results.Excuse(rule, cause);

    /// <summary>Tells the callers of the body, and its entries, of something that depends on them.</summary>
    public void Raise(Effect effect, Location at) => _results.Raise(effect, at);

    /// <summary>Keeps something for a question about the whole compilation.</summary>
    public void Note(SummaryNote note) => _results.Note(note);

    /// <summary>False when nobody reads what the assignment puts into the local.</summary>
    public bool IsReadAfter(IOperation assignment, ILocalSymbol variable) => _shape.IsReadAfter(assignment, variable);

    /// <summary>True when the method's code is in this compilation.</summary>
    public bool IsKnown(IMethodSymbol method) => method.MethodKind == MethodKind.LocalFunction || _session.Engine.Bodies.Of(method) is not null;

    /// <summary>Goes on in another state: what a check has noted, what a call leaves behind.</summary>
    public void Become(State state) => State = state;

    [MethodImpl(Jit.AtOnce)]
    public override Value Visit(IOperation? operation, object? argument)
    {
        if (operation is null || !IsAlive)
            return new(Sym.Const.Zero);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var value = operation.ConstantValue is { HasValue: true } constant
            ? new(SymFactory.Constant(constant.Value))
            : operation.Accept(this, argument) ?? Unknown(operation);
        return Typed(value, operation.Type);
    }

    public override Value DefaultVisit(IOperation operation, object? argument)
    {
        bool keeps = operation.Kind is OperationKind.ArrayInitializer or OperationKind.CollectionExpression or OperationKind.YieldReturn or OperationKind.Throw;
        foreach (var child in operation.ChildOperations)
        {
            var value = Visit(child, argument);
            if (keeps)
                State = State.HandOn(value.Id);
        }

        return Unknown(operation);
    }

    [MethodImpl(Jit.AtOnce)]
    private Value Visit(IOperation? operation) => Visit(operation, null);

    /// <summary>A value nothing is known of but that this operation made it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value Unknown(IOperation operation, int tag = 0) => new(Fresh(operation.Syntax.Span, ((int)operation.Kind << 8) + tag));

    /// <summary>The name of what is made here; in a loop, what was made here before loses it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Sym Fresh(TextSpan site, int tag)
    {
        var sym = new Sym.Made(site, tag);
        if (!_results.IsFirst(sym))
            State = State.Forget(sym);
        return sym;
    }

    [MethodImpl(Jit.AtOnce)]
    private Value Typed(Value value, ITypeSymbol? type)
    {
        if (type is null)
            return value;
        bool isAddress = Symbols.AddressKindOf(type) is not null, isFlags = Symbols.IsAlwaysTold(type);
        return value.IsAddress == isAddress && value.IsFlags == isFlags ? value : value with { IsAddress = isAddress, IsFlags = isFlags };
    }

    /// <summary>The effects of a method, for a rule that hears of a delegate's target only where it is handed over.</summary>
    public Summary SummaryOf(Target target) => _session.SummaryOf(target);

    public Contract ContractOf(IMethodSymbol method) => _session.Engine.ContractOf(method);

    [MethodImpl(Jit.AtOnce)]
    private void Use(NumberUse use)
    {
        foreach (var check in Checks.OnNumber)
            check.OnNumber(use, this);
    }

    [MethodImpl(Jit.AtOnce)]
    private void Use(Value value, IOperation operation)
    {
        foreach (var check in Checks.OnUse)
            check.OnUse(value, operation, this);
    }

    private static Sym Bounded(Sym sym, Func<Sym> otherwise) => sym.Depth <= Budget.MaxSymbolDepth ? sym : otherwise();

    private static EquatableArray<Sym> ListOf(IEnumerable<Sym> symbols) => new([.. symbols]);
}
