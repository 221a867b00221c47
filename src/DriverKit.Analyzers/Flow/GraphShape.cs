using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>What the engine goes by in the shape of a flow graph.</summary>
internal sealed class GraphShape
{
    private readonly HashSet<CaptureId> _ids = [];

    public GraphShape(ControlFlowGraph graph)
    {
        foreach (var block in graph.Blocks)
        {
            HasLoop |= block.FallThroughSuccessor?.Destination?.Ordinal <= block.Ordinal || block.ConditionalSuccessor?.Destination?.Ordinal <= block.Ordinal;
            foreach (var operation in block.Operations)
            {
                if (TargetOf(operation is IExpressionStatementOperation statement ? statement.Operation : operation) is IFlowCaptureReferenceOperation capture)
                    _ids.Add(capture.Id);
            }
        }
    }

    /// <summary>True when a path may come to a place in the code twice.</summary>
    public bool HasLoop { get; }

    /// <summary>True for a temporary that stands for a variable, because the graph assigns through it.</summary>
    public bool IsAssigned(CaptureId id) => _ids.Contains(id);

    private static IOperation? TargetOf(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation change => change.Target,
        _ => null,
    };
}
