using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>One body taken to its fixed point: a worklist of blocks, each with the states that reach it.</summary>
internal sealed class FlowRun
{
    private static readonly bool[] Answers = [true, false];

    private readonly Body _body;
    private readonly ControlFlowGraph _graph;
    private readonly GraphShape _shape;
    private readonly Session _session;
    private readonly LoopedHolds _looped;
    private readonly FlowResults _results;

    /// <summary>The states at each block, one set for each way on from the finally block that it lies in.</summary>
    private readonly List<StateSet>?[] _reached;
    private readonly StateSet _ends = new(new(-1, null), Budget.MaxStatesPerBlock);
    private readonly Evaluator _evaluator;

    /// <summary>The ways that the operation at hand has ended, and the states before the next; of one step.</summary>
    private readonly List<(State State, Value Value)> _outcomes = [];
    private readonly List<State> _states = [];
    private readonly List<ExitSite> _exits = [];

    /// <summary>No block before this one has work.</summary>
    private int _first;

    private FlowRun(Body body, GraphShape shape, Session session, LoopedHolds looped)
    {
        _body = body;
        _graph = shape.Graph;
        _reached = new List<StateSet>?[_graph.Blocks.Length];
        _shape = shape;
        _session = session;
        _looped = looped;
        _results = new(body);
        _evaluator = new(shape, session, looped, _results);
    }

    /// <summary>The body's summary, with what the rules found in it and in the lambdas and local functions inside it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Summary Analyze(Body body, GraphShape shape, Session session)
    {
        var looped = new LoopedHolds();
        for (int restart = 0; restart < Budget.MaxRestarts; restart++)
        {
            var run = new FlowRun(body, shape, session, looped);
            if (!run.Run())
                return NestedBodies.Include(Summary.Harmless, shape.Graph, run._results.Lambdas, session);
            if (looped.TakeChange())
                continue;
            foreach (var check in session.Engine.Checks.OnEnd)
                check.OnEnd(new(body, run._exits, looped, run._results));
            return NestedBodies.Include(run._results.Summarize(shape.Graph, run._ends.States), shape.Graph, run._results.Lambdas, session);
        }

        return Summary.Harmless;
    }

    /// <summary>True when the body came to its fixed point within the budget.</summary>
    [MethodImpl(Jit.AtOnce)]
    private bool Run()
    {
        try
        {
            Reach(new(_graph.Blocks[0].Ordinal, null), _looped.Start(InitialState()));
            for (int steps = 0; Next() is { } next; steps++)
            {
                _session.Cancellation.ThrowIfCancellationRequested();
                if (steps > Budget.MaxSteps)
                    return false;
                Step(next.Node, next.Take());
                if (_looped.HasChanged)
                    return true;
            }

            return true;
        }
        catch (InsufficientExecutionStackException)
        {
            _session.CutHere(_body);
            return false;
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private State InitialState()
    {
        var state = State.Empty;
        foreach (var parameter in _body.Method?.Parameters ?? [])
        {
            state = state.With(new Place.Variable(parameter), new Value(new Sym.Entry(parameter))
            {
                Root = new Sym.Entry(parameter),
                IsAddress = _session.Engine.Symbols.AddressKindOf(parameter.Type) is not null,
                IsFlags = _session.Engine.Symbols.IsAlwaysTold(parameter.Type),
                Unit = _session.Engine.Symbols.UnitOf(parameter),
            });
        }

        return state;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Step(Node node, State state)
    {
        var block = _graph.Blocks[node.Block];
        if (block.Kind == BasicBlockKind.Exit)
        {
            Exit(state);
            return;
        }

        _states.Clear();
        _states.Add(state);
        foreach (var operation in block.Operations)
        {
            int count = _states.Count;
            for (int i = 0; i < count; i++)
            {
                Evaluate(operation, _states[i]);
                foreach (var (after, _) in _outcomes)
                    _states.Add(after);
            }

            _states.RemoveRange(0, count);
        }

        foreach (var after in _states)
            Leave(node, block, after);
    }

    /// <summary>The path is over: what is returned is the caller's from here on.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Exit(State state)
    {
        if (_session.Engine.Checks.OnExit.Length + _session.Engine.Checks.OnEnd.Length > 0)
        {
            var exit = new ExitSite(_body, state.Find(Place.Return.Instance) is { } returned ? state.HandOn(returned.Id) : state, _results, _session);
            if (_exits.Count < Budget.MaxExits)
                _exits.Add(exit);
            foreach (var check in _session.Engine.Checks.OnExit)
                check.OnExit(exit);
        }

        _ends.Add(state.Keep(_body.Symbol));
    }

    [MethodImpl(Jit.AtOnce)]
    private void Leave(Node node, BasicBlock block, State state)
    {
        if (block.BranchValue is not { } value)
        {
            Follow(node, block.FallThroughSuccessor, state);
            return;
        }

        Evaluate(value, state);
        foreach (var (after, result) in _outcomes)
        {
            if (block.ConditionKind == ControlFlowConditionKind.None)
            {
                Tell(value, after, result);
                Return(node, block, after.ReturnFrom(StatementAt(value)), result);
            }
            else
            {
                Branch(node, block, value, after, result);
            }
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void Branch(Node node, BasicBlock block, IOperation condition, State state, Value result)
    {
        if (_session.Engine.Checks.OnCondition.Length > 0)
        {
            _evaluator.Start(state);
            foreach (var check in _session.Engine.Checks.OnCondition)
                check.OnCondition(result, condition, _evaluator);
        }

        bool jumpsWhen = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        if (state.Assume(result.Id, jumpsWhen) is { } jump)
            Follow(node, block.ConditionalSuccessor, jump);
        if (state.Assume(result.Id, !jumpsWhen) is { } fall)
            Follow(node, block.FallThroughSuccessor, fall);
    }

    /// <summary>An answer that tells whether an object was made is true on one path and false on another: the caller could not read it from the answer.</summary>
    private void Return(Node node, BasicBlock block, State state, Value result)
    {
        if (result.Id is Sym.Compare or Sym.Not or Sym.And && state.Decide(result.Id) is null && TellsOfObject(result.Id, state))
        {
            foreach (bool answer in Answers)
            {
                if (state.Assume(result.Id, answer) is { } decided)
                    Follow(node, block.FallThroughSuccessor, decided.With(Place.Return.Instance, result.As(answer ? Sym.Const.True : Sym.Const.False)));
            }

            return;
        }

        Follow(node, block.FallThroughSuccessor, state.With(Place.Return.Instance, result));
    }

    private static bool TellsOfObject(Sym answer, State state)
    {
        foreach (var entry in state.Objects)
        {
            if (entry.Key is not Sym.Registration && answer.Contains(entry.Key))
                return true;
        }

        return false;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Tell(IOperation value, State state, Value result)
    {
        if (_session.Engine.Checks.OnReturn.IsEmpty)
            return;
        _evaluator.Start(state);
        foreach (var check in _session.Engine.Checks.OnReturn)
            check.OnReturn(result, value, _evaluator);
    }

    [MethodImpl(Jit.AtOnce)]
    private static Location StatementAt(IOperation value) =>
        (value.Syntax.Parent is ReturnStatementSyntax statement ? statement : value.Syntax).GetLocation();

    /// <summary>Runs the operation on the state; each way it can end is an outcome.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Evaluate(IOperation operation, State state)
    {
        _outcomes.Clear();
        _evaluator.Start(state);
        do
        {
            var value = _evaluator.Visit(operation, null);
            if (_evaluator.IsAlive)
                _outcomes.Add((_evaluator.State, value ?? new Value(Sym.Const.Zero)));
        }
        while (_evaluator.StartNext(state));
    }

    [MethodImpl(Jit.AtOnce)]
    private void Follow(Node node, ControlFlowBranch? branch, State state)
    {
        if (branch is null)
            return;
        if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
        {
            if (node.After is { } after)
                Continue(after, state);
        }
        else if (branch.Destination is not null && branch.FinallyRegions.IsEmpty)
        {
            Arrive(branch, node.After, state);
        }
        else if (branch.Destination is not null)
        {
            Continue(new(branch, 0, node.After), state);
        }
    }

    /// <summary>Runs the finally blocks that the branch passes through, then arrives where it goes.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Continue(Continuation next, State state)
    {
        var branch = next.Branch;
        if (next.Index < branch.FinallyRegions.Length)
        {
            Reach(new(branch.FinallyRegions[next.Index].FirstBlockOrdinal, next with { Index = next.Index + 1 }), state);
            return;
        }

        Arrive(branch, next.Outer, state);
    }

    [MethodImpl(Jit.AtOnce)]
    private void Arrive(ControlFlowBranch branch, Continuation? outer, State state)
    {
        if (branch.Destination is not { } destination)
            return;
        foreach (var region in branch.LeavingRegions)
            state = state.Without(_shape.PlacesOf(region));
        if (_shape.HasLoop && !branch.LeavingRegions.IsEmpty && destination.Kind != BasicBlockKind.Exit)
            state = state.Sweep();
        foreach (var region in branch.EnteringRegions)
            EnterRegion(region, outer, state);
        Reach(new(destination.Ordinal, outer), state);
    }

    /// <summary>A handler is entered with what held when its try block was: nobody knows how far the block came.</summary>
    private void EnterRegion(ControlFlowRegion region, Continuation? outer, State state)
    {
        if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { Kind: ControlFlowRegionKind.TryAndCatch } guarded)
            return;
        foreach (var handler in guarded.NestedRegions.Where(static nested => nested.Kind != ControlFlowRegionKind.Try))
            Reach(new(handler.FirstBlockOrdinal, outer), state.Loosen());
    }

    [MethodImpl(Jit.AtOnce)]
    private void Reach(Node node, State state)
    {
        if (SetAt(node).Add(state))
            _first = Math.Min(_first, node.Block);
    }

    [MethodImpl(Jit.AtOnce)]
    private StateSet SetAt(Node node)
    {
        var sets = _reached[node.Block] ??= new(1);
        foreach (var known in sets)
        {
            if (Equals(known.Node.After, node.After))
                return known;
        }

        var states = new StateSet(node, _shape.MaxStates(node.Block));
        sets.Add(states);
        return states;
    }

    /// <summary>Where to go on: the earliest block first, so that what comes before a join is done before the join. Null when all is done.</summary>
    [MethodImpl(Jit.AtOnce)]
    private StateSet? Next()
    {
        for (; _first < _reached.Length; _first++)
        {
            if (_reached[_first]?.Find(static set => set.IsWaiting) is { } next)
                return next;
        }

        return null;
    }
}
