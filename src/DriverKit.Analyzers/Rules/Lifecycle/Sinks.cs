using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>Where a table of operations goes: followed through locals, fields, properties, what methods return and their parameters, within one type.</summary>
internal sealed class Sinks(Compilation compilation, IAssemblySymbol kit, INamedTypeSymbol type, CancellationToken cancellation)
{
    private const int MaxSteps = 8;

    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);

    /// <summary>What the value is given to, in words, and the class of the kit that may have an owner as well; null when it goes nowhere that counts.</summary>
    public (string Words, string Holder)? Of(IOperation value)
    {
        if (_seen.Count > MaxSteps)
            return null;
        while (value.Parent is IConversionOperation or ICoalesceOperation or IConditionalOperation or ISwitchExpressionArmOperation or ISwitchExpressionOperation or IParenthesizedOperation)
            value = value.Parent;
        return value.Parent switch
        {
            ISimpleAssignmentOperation assignment when assignment.Value == value => OfTarget(assignment.Target),
            ICoalesceAssignmentOperation assignment when assignment.Value == value => OfTarget(assignment.Target),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => Follow(declarator.Symbol),
            IFieldInitializerOperation field => field.InitializedFields.Select(each => Follow(each)).FirstOrDefault(static each => each is not null),
            IPropertyInitializerOperation property => property.InitializedProperties.Select(each => Follow(each)).FirstOrDefault(static each => each is not null),
            IArgumentOperation { Parameter: { } parameter } => OfArgument(parameter),
            IReturnOperation => Follow(Declaring(value)),
            _ => null,
        };
    }

    /// <summary>Every use of a name in the text of a node.</summary>
    public static IEnumerable<SimpleNameSyntax> NamesIn(SyntaxNode node, string name) =>
        node.DescendantNodes().OfType<SimpleNameSyntax>().Where(each => each.Identifier.ValueText == name);

    /// <summary>True when the name, or the member access that it ends, is assigned to.</summary>
    public static bool IsAssigned(SimpleNameSyntax name)
    {
        SyntaxNode target = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return target.Parent is AssignmentExpressionSyntax assignment && assignment.Left == target;
    }

    public static SemanticModel ModelOf(Compilation of, SyntaxTree tree)
    {
        // A table is made in one file and used in another; there is no action that hands over the model of another file.
#pragma warning disable RS1030
        return of.GetSemanticModel(tree);
#pragma warning restore RS1030
    }

    private (string, string)? OfTarget(IOperation target) => target switch
    {
        IPropertyReferenceOperation { Property: { } property } when IsOfKit(property) => property.Name switch
        {
            "Fops" => ("a misc device", "MiscDevice"),
            "ProcFops" => ("an entry in /proc", "ProcDirEntry"),
            "Ops" => ("a cdev", "Cdev"),
            _ => null,
        },
        IPropertyReferenceOperation { Property: { } property } => Follow(property),
        IFieldReferenceOperation { Field: { } field } => Follow(field),
        ILocalReferenceOperation { Local: { } local } => Follow(local),
        _ => null,
    };

    private (string, string)? OfArgument(IParameterSymbol parameter) => parameter.ContainingSymbol switch
    {
        IMethodSymbol { Name: "RegisterChrdev" } function when IsOfKit(function) => ("register_chrdev()", "Chrdev"),
        IMethodSymbol { Name: "CdevInit" } function when IsOfKit(function) => ("a cdev", "Cdev"),
        IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType.Name: "Cdev" } constructor when IsOfKit(constructor) => ("a cdev", "Cdev"),
        IMethodSymbol method when !IsOfKit(method) => Follow(parameter),
        _ => null,
    };

    private bool IsOfKit(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, kit);

    /// <summary>The first use of the symbol in the type that leads to a device.</summary>
    private (string, string)? Follow(ISymbol? symbol)
    {
        if (symbol is null || !_seen.Add(symbol))
            return null;
        foreach (var (name, model) in UsesOf(symbol))
        {
            if (IsAssigned(name) || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, symbol.OriginalDefinition))
                continue;
            SyntaxNode use = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
            if (symbol is IMethodSymbol && use.Parent is InvocationExpressionSyntax call)
                use = call;
            if (model.GetOperation(use, cancellation) is { } operation && Of(operation) is { } sink)
                return sink;
        }

        return null;
    }

    private IEnumerable<(SimpleNameSyntax Name, SemanticModel Model)> UsesOf(ISymbol symbol)
    {
        var places = symbol is ILocalSymbol or IParameterSymbol ? symbol.ContainingSymbol.DeclaringSyntaxReferences : (symbol.ContainingType ?? type).DeclaringSyntaxReferences;
        foreach (var place in places)
        {
            var node = place.GetSyntax(cancellation);
            SemanticModel? model = null;
            foreach (var name in NamesIn(node, symbol.Name))
                yield return (name, model ??= ModelOf(compilation, node.SyntaxTree));
        }
    }

    /// <summary>The method, or the property of the accessor, whose value is returned.</summary>
    private static ISymbol? Declaring(IOperation value)
    {
        for (var each = value.Parent; each is not null; each = each.Parent)
        {
            if (each is IAnonymousFunctionOperation)
                return null;
            if (each is ILocalFunctionOperation function)
                return function.Symbol;
        }

        return value.SemanticModel?.GetEnclosingSymbol(value.Syntax.SpanStart) is IMethodSymbol method ? method.AssociatedSymbol ?? method : null;
    }
}
