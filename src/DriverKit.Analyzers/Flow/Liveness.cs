using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>Whether anybody reads what an assignment puts into a local.</summary>
internal static class Liveness
{
    /// <summary>False when every path from the assignment leaves, or assigns anew, before it reads the variable.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static bool IsReadAfter(ControlFlowGraph graph, IOperation assignment, ILocalSymbol variable)
    {
        var root = assignment;
        while (root.Parent is { } parent)
            root = parent;
        var start = graph.Blocks.FirstOrDefault(block => OperationsOf(block).Contains(root));
        if (start is null)
            return true;
        var seen = new HashSet<BasicBlock>();
        var work = new Queue<BasicBlock>();
        if (Scan(OperationsOf(start).SkipWhile(operation => operation != root).Skip(1), variable) is { } atOnce)
            return atOnce;
        Follow(start);
        while (work.Count > 0)
        {
            var block = work.Dequeue();
            switch (Scan(OperationsOf(block), variable))
            {
                case true:
                    return true;
                case null:
                    Follow(block);
                    break;
            }
        }

        return false;

        void Follow(BasicBlock block)
        {
            foreach (var branch in new[] { block.FallThroughSuccessor, block.ConditionalSuccessor })
            {
                if (branch is null)
                    continue;
                // A finally block may read it; so may what an exception leads to.
                foreach (var region in branch.FinallyRegions)
                    Reach(graph.Blocks[region.FirstBlockOrdinal]);
                if (branch.Destination is { } next)
                    Reach(next);
            }

            // What follows a finally block is not told by it.
            if (block.FallThroughSuccessor is { Destination: null })
            {
                foreach (var next in graph.Blocks)
                    Reach(next);
            }
        }

        void Reach(BasicBlock block)
        {
            if (seen.Add(block))
                work.Enqueue(block);
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private static IEnumerable<IOperation> OperationsOf(BasicBlock block) => block.BranchValue is { } value ? block.Operations.Add(value) : block.Operations;

    /// <summary>True when it is read first, false when it is assigned first, null when neither happens.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static bool? Scan(IEnumerable<IOperation> operations, ILocalSymbol variable)
    {
        foreach (var operation in operations)
        {
            bool isAssigned = false;
            foreach (var reference in operation.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
            {
                if (!SymbolEqualityComparer.Default.Equals(reference.Local, variable))
                    continue;
                if (reference.Parent is not ISimpleAssignmentOperation { IsRef: false } assignment || !ReferenceEquals(assignment.Target, reference))
                    return true;
                isAssigned = true;
            }

            if (isAssigned)
                return false;
        }

        return null;
    }

    /// <summary>False when the member has nothing that a variable could be captured by.</summary>
    public static bool MayCapture(IOperation assignment) =>
        assignment.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().Any(static node => node is RefExpressionSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) != false;

    /// <summary>True when a lambda or a local function names it, or a reference is taken: then who reads it is not told by the paths.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static bool IsCaptured(ILocalSymbol variable, IOperation assignment)
    {
        var member = assignment.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        return member is null || member.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            name.Identifier.ValueText == variable.Name
            && (name.Parent is RefExpressionSyntax || (name.FirstAncestorOrSelf<SyntaxNode>(static node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) is { } nested
                && !nested.Span.Contains(variable.Locations[0].SourceSpan))));
    }
}
