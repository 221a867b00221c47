using System;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Code that runs as one: a method, an accessor, an initialiser, a lambda, a local function.</summary>
/// <param name="symbol">The method; for an initialiser, the field or property.</param>
/// <param name="tree">The file it is in.</param>
/// <param name="span">Where in the file.</param>
/// <param name="graph">Its flow graph, built on demand.</param>
internal sealed class Body(ISymbol symbol, SyntaxTree tree, TextSpan span, Func<ControlFlowGraph?> graph)
{
    public ISymbol Symbol => symbol;

    public IMethodSymbol? Method => symbol as IMethodSymbol;

    /// <summary>What makes it the same body in another flow graph of the same code.</summary>
    public BodyKey Key => new(tree, span);

    /// <summary>Its last letter: where a path ends that has no return statement.</summary>
    public Location End => Location.Create(tree, new TextSpan(span.End - 1, 1));

    /// <summary>A place in it.</summary>
    public Location LocationOf(TextSpan site) => Location.Create(tree, site);

    /// <summary>Where its name is declared; of a lambda, the lambda.</summary>
    public Location Name => symbol.Locations.FirstOrDefault() ?? LocationOf(span);

    /// <summary>The code around a place in it.</summary>
    public SyntaxNode NodeAt(TextSpan site) => tree.GetRoot().FindNode(site);

    /// <summary>Builds the flow graph. It is big and needed once, so nobody keeps it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public ControlFlowGraph? BuildGraph() => graph();

    /// <summary>The name that messages show.</summary>
    public string DisplayName => NameOf(symbol);

    [MethodImpl(Jit.AtOnce)]
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
