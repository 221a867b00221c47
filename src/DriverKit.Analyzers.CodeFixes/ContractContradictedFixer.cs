using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK1008: makes the contract say what the body does: <c>[AtomicContext]</c> becomes <c>[MightSleep]</c>, an <c>[Acquires]</c> or <c>[Releases]</c> that is not kept goes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ContractContradictedFixer)), Shared]
public sealed class ContractContradictedFixer() : RewriteFixProvider("DK1008", Key_CorrectContract, "Make the contract say what the body does")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CorrectContract = "DK1008_CorrectContract";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.TryGetValue("Attribute", out string? name) || name is null || node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method)
            return null;
        diagnostic.Properties.TryGetValue("Argument", out string? argument);
        var attributes = method.AttributeLists.SelectMany(static list => list.Attributes).Where(attribute => Is(attribute, name, argument)).ToList();
        if (attributes.Count != 1)
            return null;
        var attribute = attributes[0];
        if (name == "AtomicContext")
            return root.ReplaceNode(attribute.Name, SyntaxFactory.IdentifierName("MightSleep").WithTriviaFrom(attribute.Name));
        var list = (AttributeListSyntax)attribute.Parent!;
        return list.Attributes.Count > 1
            ? root.ReplaceNode(list, list.RemoveNode(attribute, SyntaxRemoveOptions.KeepNoTrivia)!)
            : root.ReplaceNode(method, Without(method, list));
    }

    /// <summary>Without the line of the attribute; what stood before it stands before what comes next.</summary>
    private static MethodDeclarationSyntax Without(MethodDeclarationSyntax method, AttributeListSyntax list)
    {
        var leading = list.GetLeadingTrivia();
        bool isFirst = method.AttributeLists[0] == list;
        method = method.WithAttributeLists(method.AttributeLists.Remove(list));
        return isFirst ? method.WithLeadingTrivia(leading) : method;
    }

    private static bool Is(AttributeSyntax attribute, string name, string? argument)
    {
        string written = attribute.Name is QualifiedNameSyntax qualified ? qualified.Right.Identifier.ValueText : attribute.Name.ToString();
        if (written != name && written != name + "Attribute")
            return false;
        return argument is null
            || attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var resource } && resource == argument;
    }
}
