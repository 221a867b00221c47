using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
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
    private readonly Dictionary<Node, StateSet> _reached = [];
    private readonly Queue<(Node Node, int Index)>?[] _work;
    private readonly HashSet<(Node Node, int Index)> _waiting = [];
    private readonly StateSet _ends = new(-1);
    private readonly List<ExitSite> _exits = [];

    /// <summary>No block before this one has work.</summary>
    private int _first;

    private FlowRun(Body body, ControlFlowGraph graph, GraphShape shape, Session session, LoopedHolds looped)
    {
        _body = body;
        _graph = graph;
        _work = new Queue<(Node Node, int Index)>?[graph.Blocks.Length];
        _shape = shape;
        _session = session;
        _looped = looped;
        _results = new(body);
    }

    /// <summary>The body's summary, with what the rules found in it and in the lambdas and local functions inside it.</summary>
    public static Summary Analyze(Body body, Session session)
    {
        if (body.BuildGraph() is not { } graph || graph.Blocks.Length > Budget.MaxBlocks)
            return Summary.Harmless;
        var shape = new GraphShape(graph);
        var looped = new LoopedHolds();
        for (int restart = 0; restart < Budget.MaxRestarts; restart++)
        {
            var run = new FlowRun(body, graph, shape, session, looped);
            if (!run.Run())
                return NestedBodies.Include(Summary.Harmless, graph, run._results.Lambdas, session);
            if (looped.TakeChange())
                continue;
            foreach (var check in session.Engine.Checks.OnEnd)
                check.OnEnd(new(body, run._exits, looped, run._results));
            return NestedBodies.Include(run._results.Summarize(graph, run._ends.States), graph, run._results.Lambdas, session);
        }

        return Summary.Harmless;
    }

    /// <summary>True when the body came to its fixed point within the budget.</summary>
    private bool Run()
    {
        try
        {
            Reach(new(_graph.Blocks[0].Ordinal, null), _looped.Start(InitialState()));
            for (int steps = 0; _waiting.Count > 0; steps++)
            {
                _session.Cancellation.ThrowIfCancellationRequested();
                if (steps > Budget.MaxSteps)
                    return false;
                var (node, index) = Next();
                Step(node, _reached[node].States[index]);
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

    private void Step(Node node, State state)
    {
        var block = _graph.Blocks[node.Block];
        if (block.Kind == BasicBlockKind.Exit)
        {
            Exit(state);
            return;
        }

        var states = new List<State> { state };
        foreach (var operation in block.Operations)
        {
            int count = states.Count;
            for (int i = 0; i < count; i++)
                Evaluate(operation, states[i], (after, _) => states.Add(after));
            states.RemoveRange(0, count);
        }

        foreach (var after in states)
            Leave(node, block, after);
    }

    /// <summary>The path is over: what is returned is the caller's from here on.</summary>
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

    private void Leave(Node node, BasicBlock block, State state)
    {
        if (block.BranchValue is not { } value)
        {
            Follow(node, block.FallThroughSuccessor, state);
            return;
        }

        Evaluate(value, state, (after, result) =>
        {
            if (block.ConditionKind == ControlFlowConditionKind.None)
            {
                Tell(value, after, result);
                Return(node, block, after.ReturnFrom(StatementAt(value)), result);
                return;
            }

            if (_session.Engine.Checks.OnCondition.Length > 0)
            {
                var evaluator = new Evaluator(_graph, _shape, _session, _looped, _results, new Forks(), after);
                foreach (var check in _session.Engine.Checks.OnCondition)
                    check.OnCondition(result, value, evaluator);
            }

            bool jumpsWhen = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
            if (after.Assume(result.Id, jumpsWhen) is { } jump)
                Follow(node, block.ConditionalSuccessor, jump);
            if (after.Assume(result.Id, !jumpsWhen) is { } fall)
                Follow(node, block.FallThroughSuccessor, fall);
        });
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

    private void Tell(IOperation value, State state, Value result)
    {
        if (_session.Engine.Checks.OnReturn.IsEmpty)
            return;
        var evaluator = new Evaluator(_graph, _shape, _session, _looped, _results, new Forks(), state);
        foreach (var check in _session.Engine.Checks.OnReturn)
            check.OnReturn(result, value, evaluator);
    }

    private static Location StatementAt(IOperation value) =>
        (value.Syntax.Parent is ReturnStatementSyntax statement ? statement : value.Syntax).GetLocation();

    /// <summary>Runs the operation on the state, and <paramref name="next"/> on each way it can end.</summary>
    private void Evaluate(IOperation operation, State state, Action<State, Value> next)
    {
        var forks = new Forks();
        do
        {
            var evaluator = new Evaluator(_graph, _shape, _session, _looped, _results, forks, state);
            var value = evaluator.Visit(operation, null);
            if (evaluator.IsAlive)
                next(evaluator.State, value ?? new Value(Sym.Const.Zero));
        }
        while (forks.Next());
    }

    private void Follow(Node node, ControlFlowBranch? branch, State state)
    {
        if (branch is null)
            return;
        if (branch.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
        {
            if (node.After is { } after)
                Continue(after, state);
            return;
        }

        if (branch.Destination is not null)
            Continue(new(branch, 0, node.After), state);
    }

    /// <summary>Runs the finally blocks that the branch passes through, then arrives where it goes.</summary>
    private void Continue(Continuation next, State state)
    {
        var branch = next.Branch;
        if (next.Index < branch.FinallyRegions.Length)
        {
            Reach(new(branch.FinallyRegions[next.Index].FirstBlockOrdinal, next with { Index = next.Index + 1 }), state);
            return;
        }

        if (branch.Destination is not { } destination)
            return;
        foreach (var region in branch.LeavingRegions)
            state = LeaveRegion(region, state);
        foreach (var region in branch.EnteringRegions)
            EnterRegion(region, next.Outer, state);
        Reach(new(destination.Ordinal, next.Outer), state);
    }

    private static State LeaveRegion(ControlFlowRegion region, State state) => region.Locals.IsEmpty && region.CaptureIds.IsEmpty
        ? state
        : state.Without([
            .. region.Locals.Select(static local => new Place.Variable(local)),
            .. region.CaptureIds.Select(static id => new Place.Capture(id))]);

    /// <summary>A handler is entered with what held when its try block was: nobody knows how far the block came.</summary>
    private void EnterRegion(ControlFlowRegion region, Continuation? outer, State state)
    {
        if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { Kind: ControlFlowRegionKind.TryAndCatch } guarded)
            return;
        foreach (var handler in guarded.NestedRegions.Where(static nested => nested.Kind != ControlFlowRegionKind.Try))
            Reach(new(handler.FirstBlockOrdinal, outer), state.Loosen());
    }

    private void Reach(Node node, State state)
    {
        if (!_reached.TryGetValue(node, out var states))
            _reached[node] = states = new(node.Block);
        int changed = states.Add(state);
        if (changed < 0 || !_waiting.Add((node, changed)))
            return;
        (_work[node.Block] ??= []).Enqueue((node, changed));
        _first = Math.Min(_first, node.Block);
    }

    /// <summary>The earliest block first: what comes before a join is done before the join.</summary>
    private (Node Node, int Index) Next()
    {
        while (_work[_first] is not { Count: > 0 })
            _first++;
        var next = _work[_first]!.Dequeue();
        _waiting.Remove(next);
        return next;
    }

    /// <summary>A block, and what is left to do when the finally block it lies in is over.</summary>
    private readonly record struct Node(int Block, Continuation? After);

    /// <summary>A branch on its way through finally blocks.</summary>
    private sealed record Continuation(ControlFlowBranch Branch, int Index, Continuation? Outer);
}
