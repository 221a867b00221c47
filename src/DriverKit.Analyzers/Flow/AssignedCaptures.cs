using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>The temporaries of a flow graph that stand for a variable, because the graph assigns through them.</summary>
internal sealed class AssignedCaptures
{
    private readonly HashSet<CaptureId> _ids = [];

    public AssignedCaptures(ControlFlowGraph graph)
    {
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (TargetOf(operation is IExpressionStatementOperation statement ? statement.Operation : operation) is IFlowCaptureReferenceOperation capture)
                    _ids.Add(capture.Id);
            }
        }
    }

    public bool Contains(CaptureId id) => _ids.Contains(id);

    private static IOperation? TargetOf(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation change => change.Target,
        _ => null,
    };
}
