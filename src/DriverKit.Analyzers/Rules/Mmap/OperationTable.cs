using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>A <c>vm_operations_struct</c> as it was written down.</summary>
/// <param name="Open">What is in its slot, or null.</param>
/// <param name="Close">What is in its slot, or null.</param>
/// <param name="Nopage">What is in its slot, or null.</param>
internal sealed record OperationTable(ExpressionSyntax? Open, ExpressionSyntax? Close, ExpressionSyntax? Nopage)
{
    /// <summary>The table that is put into an area's <c>vm_ops</c>; null when it is not one certain table of this compilation.</summary>
    public static OperationTable? Of(IOperation target, BodyFactory bodies) =>
        Assignments.Of(target) is { } assignment ? Of(assignment.Right, bodies, 0) : null;

    /// <summary>The table that an object creation makes.</summary>
    public static OperationTable? Of(BaseObjectCreationExpressionSyntax creation)
    {
        var slots = creation.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>().ToList() ?? [];
        ExpressionSyntax? Slot(string name) =>
            slots.FirstOrDefault(slot => slot.Left is IdentifierNameSyntax { Identifier.ValueText: var text } && text == name)?.Right is { } value && value is not LiteralExpressionSyntax ? value : null;
        return new(Slot("Open"), Slot("Close"), Slot("Nopage"));
    }

    private static OperationTable? Of(ExpressionSyntax value, BodyFactory bodies, int depth)
    {
        if (value is BaseObjectCreationExpressionSyntax creation)
            return Of(creation);
        if (depth > 3 || bodies.ModelOf(value.SyntaxTree).GetSymbolInfo(value).Symbol is not { } symbol)
            return null;
        var values = symbol switch
        {
            ILocalSymbol => symbol.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()).OfType<VariableDeclaratorSyntax>().Select(static variable => variable.Initializer?.Value).ToList(),
            IFieldSymbol or IPropertySymbol => ValuesOf(symbol, bodies).ToList(),
            _ => [],
        };
        return values.Count == 1 && values[0] is { } only ? Of(only, bodies, depth + 1) : null;
    }

    /// <summary>All that is ever put into a field or property, as far as its own type does it.</summary>
    private static IEnumerable<ExpressionSyntax?> ValuesOf(ISymbol member, BodyFactory bodies)
    {
        foreach (var declaration in member.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()))
        {
            if (declaration is VariableDeclaratorSyntax { Initializer: { } field })
                yield return field.Value;
            else if (declaration is PropertyDeclarationSyntax property && (property.Initializer?.Value ?? property.ExpressionBody?.Expression) is { } value)
                yield return value;
        }

        foreach (var assignment in member.ContainingType.DeclaringSyntaxReferences.SelectMany(static reference => reference.GetSyntax().DescendantNodes()).OfType<AssignmentExpressionSyntax>())
        {
            bool isNamed = assignment.Left is IdentifierNameSyntax { Identifier.ValueText: var name } && name == member.Name
                || assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var part } && part == member.Name;
            if (isNamed && SymbolEqualityComparer.Default.Equals(bodies.ModelOf(assignment.SyntaxTree).GetSymbolInfo(assignment.Left).Symbol, member))
                yield return assignment.Right;
        }
    }
}
