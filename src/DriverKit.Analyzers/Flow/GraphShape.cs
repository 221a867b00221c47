using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>What the engine goes by in the shape of a flow graph.</summary>
internal sealed class GraphShape
{
    private readonly HashSet<CaptureId> _ids = [];
    private readonly Dictionary<IOperation, bool> _isReadAfter = [];
    private bool? _mayCapture;
    private readonly Dictionary<ControlFlowRegion, Place[]> _places = [];

    /// <summary>The blocks that a later one leads back to.</summary>
    private readonly HashSet<int> _loops = [];

    private GraphShape(ControlFlowGraph graph)
    {
        Graph = graph;
        foreach (var block in graph.Blocks)
        {
            NoteLoop(block, block.FallThroughSuccessor);
            NoteLoop(block, block.ConditionalSuccessor);
            foreach (var operation in block.Operations)
            {
                if (TargetOf(operation is IExpressionStatementOperation statement ? statement.Operation : operation) is IFlowCaptureReferenceOperation capture)
                    _ids.Add(capture.Id);
            }
        }
    }

    public ControlFlowGraph Graph { get; }

    /// <summary>The flow graph of a body, built for this; null when there is none, or it is too big.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static GraphShape? Of(Body body) => body.BuildGraph() is { } graph && graph.Blocks.Length <= Budget.MaxBlocks ? new(graph) : null;

    /// <summary>True when a path may come to a place in the code twice.</summary>
    public bool HasLoop => _loops.Count > 0;

    /// <summary>So many states are kept apart at a block.</summary>
    public int MaxStates(int block) => _loops.Contains(block) ? Budget.MaxStatesPerLoop : Budget.MaxStatesPerBlock;

    /// <summary>True for a temporary that stands for a variable, because the graph assigns through it.</summary>
    public bool IsAssigned(CaptureId id) => _ids.Contains(id);

    /// <summary>The variables and temporaries that go out of scope with a region.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Place[] PlacesOf(ControlFlowRegion region)
    {
        if (!_places.TryGetValue(region, out var places))
        {
            _places[region] = places =
            [
                .. region.Locals.Select(static local => new Place.Variable(local)),
                .. region.CaptureIds.Select(static id => new Place.Capture(id)),
            ];
        }

        return places;
    }

    /// <summary>False when nobody reads what the assignment puts into the local.</summary>
    public bool IsReadAfter(IOperation assignment, ILocalSymbol variable)
    {
        if (!_isReadAfter.TryGetValue(assignment, out bool known))
            _isReadAfter[assignment] = known = ((_mayCapture ??= Liveness.MayCapture(assignment)) && Liveness.IsCaptured(variable, assignment)) || Liveness.IsReadAfter(Graph, assignment, variable);
        return known;
    }

    [MethodImpl(Jit.AtOnce)]
    private void NoteLoop(BasicBlock from, ControlFlowBranch? branch)
    {
        if (branch?.Destination is { } to && to.Ordinal <= from.Ordinal)
            _loops.Add(to.Ordinal);
    }

    [MethodImpl(Jit.AtOnce)]
    private static IOperation? TargetOf(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation change => change.Target,
        _ => null,
    };
}
