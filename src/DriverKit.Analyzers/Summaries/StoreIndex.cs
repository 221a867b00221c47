using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Which bodies of a type assign which names: one walk over the type's syntax, nothing bound.</summary>
internal sealed class StoreIndex(BodyFactory bodies)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, Names> _types = new(SymbolEqualityComparer.Default);

    /// <summary>The bodies that assign the member, when they are all known; else null.</summary>
    public IReadOnlyCollection<Body>? StoringBodies(ISymbol member)
    {
        if (ScopeOf(member) is not { } scope)
            return null;
        var names = _types.GetOrAdd(scope, Index);
        if (names.ByReference.Contains(member.Name))
            return null;
        return names.Stores.TryGetValue(member.Name, out var storing) ? storing : [];
    }

    /// <summary>The type in whose text every assignment of the member must be; null when others may assign it.</summary>
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

    private Names Index(INamedTypeSymbol type)
    {
        var names = new Names();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax().DescendantNodes())
                Visit(node, names);
        }

        return names;
    }

    private void Visit(SyntaxNode node, Names names)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax assignment:
                foreach (var target in assignment.Left is TupleExpressionSyntax tuple ? tuple.DescendantNodes() : [assignment.Left])
                    names.Add(NameOf(target), BodyOf(node));
                break;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } prefix:
                names.Add(NameOf(prefix.Operand), BodyOf(node));
                break;
            case PostfixUnaryExpressionSyntax postfix:
                names.Add(NameOf(postfix.Operand), BodyOf(node));
                break;
            case ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument:
                names.AddReference(NameOf(argument.Expression));
                break;
            case RefExpressionSyntax reference:
                names.AddReference(NameOf(reference.Expression));
                break;
            case VariableDeclaratorSyntax { Initializer: { } initializer, Parent.Parent: FieldDeclarationSyntax } variable:
                names.Add(variable.Identifier.ValueText, BodyOf(initializer));
                break;
            case PropertyDeclarationSyntax { Initializer: { } initializer } property:
                names.Add(property.Identifier.ValueText, BodyOf(initializer));
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

    /// <summary>The member's code around a node.</summary>
    private Body? BodyOf(SyntaxNode node)
    {
        var declaration = node.AncestorsAndSelf().FirstOrDefault(static ancestor => ancestor
            is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
            or EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } });
        if (declaration is null)
            return null;
        var declared = declaration is ArrowExpressionClauseSyntax or EqualsValueClauseSyntax ? declaration.Parent! : declaration;
        return bodies.ModelOf(node.SyntaxTree).GetDeclaredSymbol(declared) switch
        {
            IPropertySymbol { GetMethod: { } getter } when declaration is ArrowExpressionClauseSyntax => bodies.Of(getter, declaration),
            { } owner => bodies.Of(owner, declaration),
            null => null,
        };
    }

    private sealed class Names
    {
        public Dictionary<string, HashSet<Body>> Stores { get; } = [];

        public HashSet<string> ByReference { get; } = [];

        public void Add(string? name, Body? body)
        {
            if (name is null)
                return;
            if (body is null)
                ByReference.Add(name);
            else if (Stores.TryGetValue(name, out var storing))
                storing.Add(body);
            else
                Stores[name] = [body];
        }

        public void AddReference(string? name)
        {
            if (name is not null)
                ByReference.Add(name);
        }
    }
}
