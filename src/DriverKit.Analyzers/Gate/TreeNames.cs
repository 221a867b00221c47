using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names that one file uses, and, where that matters, those that each of its members uses: a walk over the tokens, nothing
/// bound. Kept as long as the file is, so an edit costs the walk of the file it is in.</summary>
internal sealed class TreeNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeNames> Known = new();

    private readonly Lazy<IReadOnlyList<(string Name, HashSet<string> Uses)>> _members;

    private TreeNames(SyntaxTree tree)
    {
        Uses = NamesIn(tree.GetRoot());
        _members = new(() => [.. MembersOf(tree)]);
    }

    /// <summary>All names in the file.</summary>
    public HashSet<string> Uses { get; }

    /// <summary>Each member's name with the names it uses.</summary>
    public IReadOnlyList<(string Name, HashSet<string> Uses)> Members => _members.Value;

    public static TreeNames Of(SyntaxTree tree) => Known.GetValue(tree, static key => new(key));

    /// <summary>True when the code uses one of the names.</summary>
    public static bool UsesAny(SyntaxNode node, HashSet<string> names)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.RawKind == (int)SyntaxKind.IdentifierToken && names.Contains(token.ValueText))
                return true;
        }

        return false;
    }

    private static HashSet<string> NamesIn(SyntaxNode node)
    {
        var names = new HashSet<string>();
        foreach (var token in node.DescendantTokens())
        {
            if (token.RawKind == (int)SyntaxKind.IdentifierToken)
                names.Add(token.ValueText);
        }

        return names;
    }

    private static IEnumerable<(string Name, HashSet<string> Uses)> MembersOf(SyntaxTree tree)
    {
        foreach (var member in tree.GetRoot().DescendantNodes(static node => node is not BaseMethodDeclarationSyntax).OfType<MemberDeclarationSyntax>())
        {
            if (member is not (BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax))
                yield return (NameOf(member), NamesIn(member));
            else if (member is TypeDeclarationSyntax { ParameterList: { } parameters, Identifier.ValueText: var type })
                yield return (type, NamesIn(parameters));
        }
    }

    /// <summary>The name under which code elsewhere uses the member; operators and conversions are used by their type's.</summary>
    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        FieldDeclarationSyntax { Declaration.Variables: { Count: > 0 } variables } => variables[0].Identifier.ValueText,
        _ => (member.Parent as BaseTypeDeclarationSyntax)?.Identifier.ValueText ?? string.Empty,
    };
}
