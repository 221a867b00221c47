using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Which members of a type assign which names: one walk over the type's syntax, nothing bound.</summary>
internal sealed class StoreIndex(BodyFactory bodies)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, Names> _types = new(SymbolEqualityComparer.Default);

    /// <summary>The bodies that assign the member, when they are all known; else null.</summary>
    [MethodImpl(Jit.AtOnce)]
    public IReadOnlyCollection<Body>? StoringBodies(ISymbol member)
    {
        if (ScopeOf(member) is not { } scope)
            return null;
        var names = _types.GetOrAdd(scope, Index);
        if (names.ByReference.Contains(member.Name))
            return null;
        if (!names.Stores.TryGetValue(member.Name, out var declarations))
            return [];
        var storing = declarations.Select(BodyOf).OfType<Body>().ToList();
        return storing.Count == declarations.Count ? storing : null;
    }

    /// <summary>The type in whose text every assignment of the member must be; null when others may assign it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static INamedTypeSymbol? ScopeOf(ISymbol member)
    {
        if (member is not (IFieldSymbol { IsConst: false } or IPropertySymbol { IsIndexer: false }) || member.DeclaringSyntaxReferences.IsEmpty)
            return null;
        bool ownOnly = member switch
        {
            IFieldSymbol field => field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private,
            IPropertySymbol property => property.SetMethod is null || property.SetMethod.DeclaredAccessibility == Accessibility.Private,
            _ => false,
        };
        var type = member.ContainingType;
        if (ownOnly)
            return type;
        while (type is not null && type.DeclaredAccessibility != Accessibility.Private)
            type = type.ContainingType;
        return type?.ContainingType;
    }

    [MethodImpl(Jit.AtOnce)]
    private static Names Index(INamedTypeSymbol type)
    {
        var names = new Names();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax().DescendantNodes())
                Visit(node, names);
        }

        return names;
    }

    [MethodImpl(Jit.AtOnce)]
    private static void Visit(SyntaxNode node, Names names)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax assignment:
                foreach (var target in assignment.Left is TupleExpressionSyntax tuple ? tuple.DescendantNodes() : [assignment.Left])
                    names.Add(NameOf(target), DeclarationOf(node));
                break;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } prefix:
                names.Add(NameOf(prefix.Operand), DeclarationOf(node));
                break;
            case PostfixUnaryExpressionSyntax postfix:
                names.Add(NameOf(postfix.Operand), DeclarationOf(node));
                break;
            case ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument:
                names.AddReference(NameOf(argument.Expression));
                break;
            case RefExpressionSyntax reference:
                names.AddReference(NameOf(reference.Expression));
                break;
            case VariableDeclaratorSyntax { Initializer: { } initializer, Parent.Parent: FieldDeclarationSyntax } variable:
                names.Add(variable.Identifier.ValueText, DeclarationOf(initializer));
                break;
            case PropertyDeclarationSyntax { Initializer: { } initializer } property:
                names.Add(property.Identifier.ValueText, DeclarationOf(initializer));
                break;
        }
    }

    private static string? NameOf(SyntaxNode expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The declaration of the member whose code is around a node.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static SyntaxNode? DeclarationOf(SyntaxNode node) => node.AncestorsAndSelf().FirstOrDefault(static ancestor => ancestor
        is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
        or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
        or EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } });

    [MethodImpl(Jit.AtOnce)]
    private Body? BodyOf(SyntaxNode declaration)
    {
        var declared = declaration is ArrowExpressionClauseSyntax or EqualsValueClauseSyntax ? declaration.Parent! : declaration;
        return bodies.ModelOf(declaration.SyntaxTree).GetDeclaredSymbol(declared) switch
        {
            IPropertySymbol { GetMethod: { } getter } when declaration is ArrowExpressionClauseSyntax => bodies.Of(getter, declaration),
            { } owner => bodies.Of(owner, declaration),
            null => null,
        };
    }

    private sealed class Names
    {
        public Dictionary<string, HashSet<SyntaxNode>> Stores { get; } = [];

        public HashSet<string> ByReference { get; } = [];

        public void Add(string? name, SyntaxNode? declaration)
        {
            if (name is null)
                return;
            if (declaration is null)
                ByReference.Add(name);
            else if (Stores.TryGetValue(name, out var storing))
                storing.Add(declaration);
            else
                Stores[name] = [declaration];
        }

        public void AddReference(string? name)
        {
            if (name is not null)
                ByReference.Add(name);
        }
    }
}
