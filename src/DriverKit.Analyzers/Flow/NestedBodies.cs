using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>The lambdas and local functions inside a body.</summary>
internal static class NestedBodies
{
    public static Body Lambda(IFlowAnonymousFunctionOperation lambda, ControlFlowGraph graph) =>
        new(lambda.Symbol, lambda.Syntax.SyntaxTree, lambda.Syntax.Span, () => graph.GetAnonymousFunctionControlFlowGraphInScope(lambda));

    /// <summary>A local function, from the body it is declared in or from one inside that; null when it is neither.</summary>
    public static Body? LocalFunction(IMethodSymbol function, ControlFlowGraph graph)
    {
        var syntax = function.DeclaringSyntaxReferences.FirstOrDefault();
        for (ControlFlowGraph? around = graph; syntax is not null && around is not null; around = around.Parent)
        {
            if (around.LocalFunctions.Contains(function, SymbolEqualityComparer.Default))
                return new(function, syntax.SyntaxTree, syntax.Span, () => around.GetLocalFunctionControlFlowGraph(function));
        }

        return null;
    }

    /// <summary>The summary with what was found and stored in the bodies inside.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Summary Include(Summary summary, ControlFlowGraph graph, IEnumerable<Body> lambdas, Session session)
    {
        var inner = Of(graph, lambdas).Select(nested => (Body: nested, Summary: session.SummaryOf(nested))).ToImmutableArray();
        if (inner.IsEmpty)
            return summary;
        return new(
            summary.Cases,
            summary.Effects,
            [.. summary.Stores.Concat(inner.SelectMany(static nested => nested.Summary.Stores)).Distinct()],
            [.. summary.Findings.Concat(inner.SelectMany(static nested => nested.Summary.Findings))])
        {
            Raised = summary.Raised,
            Slots = [.. summary.Slots.Concat(inner.SelectMany(static nested => nested.Summary.Slots))],
            Notes = [.. summary.Notes.Concat(inner.SelectMany(static nested => nested.Summary.Notes)).Distinct()],
            Nested = inner,
        };
    }

    private static IEnumerable<Body> Of(ControlFlowGraph graph, IEnumerable<Body> lambdas)
    {
        foreach (var function in graph.LocalFunctions)
        {
            if (LocalFunction(function, graph) is { } local)
                yield return local;
        }

        foreach (var lambda in lambdas)
            yield return lambda;
    }
}
