using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>Where the memory behind a page, an address or a frame was allocated, as far as the text tells: through locals, fields, arrays and helpers.</summary>
internal sealed class MemorySources(BodyFactory bodies, KnownSymbols symbols)
{
    private const int MaxDepth = 12;

    private static readonly HashSet<string> Allocators =
    [
        "Kmalloc", "Kzalloc", "Kcalloc", "KmemCacheAlloc", "KmemCacheZalloc", "GetFreePage", "GetFreePages", "GetZeroedPage", "AllocPage", "AllocPages", "AllocPagesNode", "Vmalloc", "Vmalloc32",
    ];

    private static readonly HashSet<string> Conversions = ["Pa", "VirtToPhys", "PageToPfn", "VmallocToPfn", "VirtToPage", "VmallocToPage", "PfnToPage", "PageAddress"];

    private readonly HashSet<(SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan)> _seen = [];
    private readonly List<(IMethodSymbol Method, InvocationExpressionSyntax Call)> _calls = [];
    private bool _isUnsure;

    /// <summary>True when a number was added on the way: it need not be the first page.</summary>
    public bool IsMoved { get; private set; }

    /// <summary>The calls that may have allocated it; empty when some of what it may be is not in sight.</summary>
    public IReadOnlyList<(IMethodSymbol Method, InvocationExpressionSyntax Call)> Of(ExpressionSyntax expression)
    {
        Follow(expression, 0);
        return _isUnsure ? [] : _calls;
    }

    private void Follow(ExpressionSyntax? expression, int depth)
    {
        if (expression is null || depth > MaxDepth)
        {
            _isUnsure = true;
            return;
        }

        if (!_seen.Add((expression.SyntaxTree, expression.Span)))
            return;
        switch (expression)
        {
            case ParenthesizedExpressionSyntax inner:
                Follow(inner.Expression, depth + 1);
                break;
            case CastExpressionSyntax cast:
                Follow(cast.Expression, depth + 1);
                break;
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                Follow(sure.Operand, depth + 1);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce:
                Follow(coalesce.Left, depth + 1);
                Follow(coalesce.Right, depth + 1);
                break;
            case BinaryExpressionSyntax binary:
                IsMoved |= binary.IsKind(SyntaxKind.AddExpression);
                Follow(binary.Left, depth + 1);
                break;
            case ConditionalExpressionSyntax conditional:
                Follow(conditional.WhenTrue, depth + 1);
                Follow(conditional.WhenFalse, depth + 1);
                break;
            case BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }:
                Follow(arguments[0].Expression, depth + 1);
                break;
            case InvocationExpressionSyntax call:
                Call(call, depth);
                break;
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" or "Pfn" or "Virtual" } part:
                Follow(part.Expression, depth + 1);
                break;
            case ElementAccessExpressionSyntax element:
                Name(element.Expression, depth, isTable: true);
                break;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression }:
                break;
            case IdentifierNameSyntax or MemberAccessExpressionSyntax:
                Name(expression, depth, isTable: false);
                break;
            default:
                _isUnsure = true;
                break;
        }
    }

    private void Call(InvocationExpressionSyntax call, int depth)
    {
        if (ModelOf(call).GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            _isUnsure = true;
            return;
        }

        string? function = symbols.KernelFunction(method);
        if (function is not null && Allocators.Contains(function))
            _calls.Add((method, call));
        else if (function is not null && Conversions.Contains(function) && call.ArgumentList.Arguments.Count > 0)
            Follow(call.ArgumentList.Arguments[0].Expression, depth + 1);
        else if (method.Name is "ToPfn" or "ToPhysical" && call.Expression is MemberAccessExpressionSyntax { Expression: { } receiver })
            Follow(receiver, depth + 1);
        else
            Helper(method, call, depth);
    }

    /// <summary>A helper gives what it returns; of its parameters, what it is called with here.</summary>
    private void Helper(IMethodSymbol method, InvocationExpressionSyntax call, int depth)
    {
        var returned = method.OriginalDefinition.DeclaringSyntaxReferences.SelectMany(static reference => ReturnedBy(reference.GetSyntax())).ToList();
        if (returned.Count == 0)
            _isUnsure = true;
        foreach (var value in returned)
        {
            var parameter = value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => ModelOf(name).GetSymbolInfo(name).Symbol).OfType<IParameterSymbol>()
                .FirstOrDefault(parameter => IsMemory(parameter.Type) && parameter.Ordinal < call.ArgumentList.Arguments.Count);
            if (parameter is null)
                Follow(value, depth + 1);
            else
                Follow(call.ArgumentList.Arguments[parameter.Ordinal].Expression, depth + 1);
        }
    }

    private bool IsMemory(ITypeSymbol type) => symbols.AddressKindOf(type) is not null || symbols.IsFrameNumber(type) || symbols.IsPage(type);

    private static IEnumerable<ExpressionSyntax> ReturnedBy(SyntaxNode declaration) =>
        declaration.DescendantNodes(static node => node is not AnonymousFunctionExpressionSyntax).Select(static node => node switch
        {
            ReturnStatementSyntax { Expression: { } expression } => expression,
            ArrowExpressionClauseSyntax arrow => arrow.Expression,
            _ => null,
        }).OfType<ExpressionSyntax>();

    /// <summary>Everything that is put into a variable, a field or a property, or into the elements of one.</summary>
    private void Name(ExpressionSyntax name, int depth, bool isTable)
    {
        var symbol = ModelOf(name).GetSymbolInfo(name).Symbol;
        var scope = symbol switch
        {
            ILocalSymbol => name.Ancestors().FirstOrDefault(static node => node is MemberDeclarationSyntax) is { } member ? [member] : [],
            IFieldSymbol or IPropertySymbol => symbol.ContainingType.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()).ToList(),
            _ => new List<SyntaxNode>(),
        };
        int before = _calls.Count;
        foreach (var node in scope.SelectMany(static part => part.DescendantNodes()))
        {
            if (ValueFor(node, symbol!, isTable) is { } value && !IsNothing(value))
                Follow(value, depth + 1);
        }

        _isUnsure |= scope.Count == 0 || _calls.Count == before;
    }

    private ExpressionSyntax? ValueFor(SyntaxNode node, ISymbol symbol, bool isTable) => node switch
    {
        VariableDeclaratorSyntax { Initializer.Value: { } value } variable when variable.Identifier.ValueText == symbol.Name && Declares(variable, symbol) => isTable ? ElementOf(value) : value,
        PropertyDeclarationSyntax property when property.Identifier.ValueText == symbol.Name && Declares(property, symbol) => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
        SingleVariableDesignationSyntax designation when designation.Identifier.ValueText == symbol.Name && Declares(designation, symbol) =>
            designation.FirstAncestorOrSelf<IsPatternExpressionSyntax>()?.Expression,
        AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax element } store when isTable && IsNamed(element.Expression, symbol) => store.Right,
        AssignmentExpressionSyntax store when !isTable && IsNamed(store.Left, symbol) => store.Right,
        AssignmentExpressionSyntax store when isTable && IsNamed(store.Left, symbol) => ElementOf(store.Right),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: { } list }, ArgumentList.Arguments: { Count: 1 } added } when isTable && IsNamed(list, symbol) => added[0].Expression,
        _ => null,
    };

    /// <summary>The one element of a collection that is written out; nothing for an array that is made empty.</summary>
    private static ExpressionSyntax? ElementOf(ExpressionSyntax value) =>
        value is CollectionExpressionSyntax { Elements: { Count: > 0 } elements } && elements[0] is ExpressionElementSyntax element ? element.Expression : null;

    private static bool IsNothing(ExpressionSyntax value) => value is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression }
        or PostfixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax };

    private bool Declares(SyntaxNode node, ISymbol symbol) => SymbolEqualityComparer.Default.Equals(ModelOf(node).GetDeclaredSymbol(node), symbol);

    private bool IsNamed(ExpressionSyntax expression, ISymbol symbol) =>
        (expression is IdentifierNameSyntax { Identifier.ValueText: var name } ? name : expression is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : null) == symbol.Name
        && SymbolEqualityComparer.Default.Equals(ModelOf(expression).GetSymbolInfo(expression).Symbol, symbol);

    private SemanticModel ModelOf(SyntaxNode node) => bodies.ModelOf(node.SyntaxTree);
}
