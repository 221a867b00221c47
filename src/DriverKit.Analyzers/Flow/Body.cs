using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Code that runs as one: a method, an accessor, an initialiser, a lambda, a local function.</summary>
/// <param name="symbol">The method; for an initialiser, the field or property.</param>
/// <param name="tree">The file it is in.</param>
/// <param name="span">Where in the file.</param>
/// <param name="graph">Its flow graph, built when first needed.</param>
internal sealed class Body(ISymbol symbol, SyntaxTree tree, TextSpan span, Func<ControlFlowGraph?> graph)
{
    private readonly Lazy<ControlFlowGraph?> _graph = new(graph);
    private HashSet<CaptureId>? _assigned;

    public ISymbol Symbol => symbol;

    public IMethodSymbol? Method => symbol as IMethodSymbol;

    /// <summary>What makes it the same body in another flow graph of the same code.</summary>
    public BodyKey Key => new(tree, span);

    public ControlFlowGraph? Graph => _graph.Value;

    /// <summary>The temporaries that stand for a variable, because the flow graph assigns through them.</summary>
    public HashSet<CaptureId> AssignedCaptures => _assigned ??= [.. FindAssignedCaptures()];

    /// <summary>The name that messages show.</summary>
    public string DisplayName => NameOf(symbol);

    private IEnumerable<CaptureId> FindAssignedCaptures()
    {
        foreach (var operation in Graph?.Blocks.SelectMany(static block => block.Operations) ?? [])
        {
            var target = (operation is IExpressionStatementOperation statement ? statement.Operation : operation) switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation change => change.Target,
                _ => null,
            };
            if (target is IFlowCaptureReferenceOperation capture)
                yield return capture.Id;
        }
    }

    public static string NameOf(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "the lambda",
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => "new " + constructor.ContainingType.Name,
        IMethodSymbol { AssociatedSymbol: { } property } => property.Name,
        _ => symbol.Name,
    };
}

/// <summary>Identifies a <see cref="Body"/> within one compilation.</summary>
internal readonly record struct BodyKey(SyntaxTree Tree, TextSpan Span);
