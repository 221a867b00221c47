using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Finds the code of methods and initialisers in this compilation.</summary>
internal sealed class BodyFactory(Compilation compilation)
{
    private readonly ConcurrentDictionary<BodyKey, Body> _bodies = new();
    private readonly ConcurrentDictionary<(SyntaxTree Tree, int Start), Body[]> _members = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Body?> _methods = new(SameObject.Instance);

    /// <summary>The code of a method that is declared as a member, or null when there is none here.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Body? Of(IMethodSymbol method) => _methods.TryGetValue(method, out var known) ? known : _methods.GetOrAdd(method, Find(method.OriginalDefinition));

    [MethodImpl(Jit.AtOnce)]
    private Body? Find(IMethodSymbol method)
    {
        method = method.PartialImplementationPart ?? method;
        return method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && HasCode(syntax) ? Of(method, syntax) : null;
    }

    /// <summary>The code at a syntax node: a member's declaration or an initialiser.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Body Of(ISymbol owner, SyntaxNode syntax) =>
        _bodies.GetOrAdd(new(syntax.SyntaxTree, syntax.Span), key => new(owner, key.Tree, key.Span, () => Build(syntax)));

    /// <summary>The bodies of the member that starts at a position of a file: a method's, an accessor's, the initialisers of fields.</summary>
    [MethodImpl(Jit.AtOnce)]
    public IReadOnlyList<Body> In(SyntaxTree tree, int start) => _members.TryGetValue((tree, start), out var known) ? known : _members.GetOrAdd((tree, start), [.. Read(tree, start)]);

    private IEnumerable<Body> Read(SyntaxTree tree, int start)
    {
        var model = ModelOf(tree);
        switch (MemberAt(tree, start))
        {
            case BaseMethodDeclarationSyntax method when model.GetDeclaredSymbol(method) is IMethodSymbol symbol && Of(symbol) is { } body:
                yield return body;
                break;
            case BasePropertyDeclarationSyntax property when model.GetDeclaredSymbol(property) is IPropertySymbol symbol:
                foreach (var accessor in new[] { symbol.GetMethod, symbol.SetMethod }.OfType<IMethodSymbol>())
                {
                    if (Of(accessor) is { } code)
                        yield return code;
                }

                if (property is PropertyDeclarationSyntax { Initializer: { } value })
                    yield return Of(symbol, value);
                break;
            case EventDeclarationSyntax declaration when model.GetDeclaredSymbol(declaration) is IEventSymbol symbol:
                foreach (var accessor in new[] { symbol.AddMethod, symbol.RemoveMethod }.OfType<IMethodSymbol>())
                {
                    if (Of(accessor) is { } code)
                        yield return code;
                }

                break;
            case BaseFieldDeclarationSyntax field:
                foreach (var variable in field.Declaration.Variables.Where(static variable => variable.Initializer is not null))
                {
                    if (model.GetDeclaredSymbol(variable) is { } symbol)
                        yield return Of(symbol, variable.Initializer!);
                }

                break;
        }
    }

    /// <summary>The member that starts at a position of a file; null for a type, or when there is none.</summary>
    public static MemberDeclarationSyntax? MemberAt(SyntaxTree tree, int start) =>
        tree.GetRoot().FindToken(start).Parent?.AncestorsAndSelf().OfType<MemberDeclarationSyntax>()
            .FirstOrDefault(candidate => candidate.SpanStart == start && candidate is not (BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax));

    public SemanticModel ModelOf(SyntaxTree tree)
    {
        // A method is judged by the methods it calls, wherever they are; their files' models are made once per compilation and shared,
        // with the compiler's own where it has them. There is no action that hands over the model of another file.
#pragma warning disable RS1030
        return compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
    }

    [MethodImpl(Jit.AtOnce)]
    private ControlFlowGraph? Build(SyntaxNode syntax) =>
        compilation.ContainsSyntaxTree(syntax.SyntaxTree) ? ControlFlowGraph.Create(syntax, ModelOf(syntax.SyntaxTree)) : null;

    [MethodImpl(Jit.AtOnce)]
    private static bool HasCode(SyntaxNode syntax) => syntax switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        ArrowExpressionClauseSyntax or CompilationUnitSyntax => true,
        _ => false,
    };
}
