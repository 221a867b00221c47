using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names that each member of one file uses: one walk over the tokens, nothing bound. Kept as long as the file is, so an edit
/// costs the walk of the file it is in.</summary>
internal sealed class TreeNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeNames> Known = new();

    private TreeNames(SyntaxTree tree)
    {
        foreach (var member in tree.GetRoot().DescendantNodes(static node => node is not BaseMethodDeclarationSyntax).OfType<MemberDeclarationSyntax>())
        {
            if (member is not (BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax))
                Members.Add(new(NameOf(member), NamesIn(member)));
            else if (member is TypeDeclarationSyntax { ParameterList: { } parameters, Identifier.ValueText: var type })
                Members.Add(new(type, NamesIn(parameters)));
        }
    }

    /// <summary>Each member's name with the names it uses.</summary>
    public List<(string Name, HashSet<string> Uses)> Members { get; } = [];

    public static TreeNames Of(SyntaxTree tree) => Known.GetValue(tree, static key => new(key));

    public static HashSet<string> NamesIn(SyntaxNode node) =>
        [.. node.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText)];

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
