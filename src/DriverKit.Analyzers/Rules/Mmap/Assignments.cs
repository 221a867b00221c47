using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>Assignments in the text.</summary>
internal static class Assignments
{
    /// <summary>The assignment that an operation is the target of; the operation itself when a callee assigns.</summary>
    public static Location PlaceOf(IOperation operation) => Of(operation)?.GetLocation() ?? operation.Syntax.GetLocation();

    public static AssignmentExpressionSyntax? Of(IOperation operation) =>
        operation.Syntax.Parent is AssignmentExpressionSyntax assignment && assignment.Left == operation.Syntax ? assignment : operation.Syntax as AssignmentExpressionSyntax;
}
