using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5007: declares the holes of the struct as fields, which leaves its layout as it is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PaddingToUserFixer)), Shared]
public sealed class PaddingToUserFixer() : RewriteFixProvider("DK5007", Key_DeclarePadding, "Declare the padding")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_DeclarePadding = "DK5007_DeclarePadding";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (others.Length != 1 || others[0] is not StructDeclarationSyntax type || !diagnostic.Properties.TryGetValue("Holes", out var holes) || string.IsNullOrEmpty(holes))
            return null;
        var used = new System.Collections.Generic.HashSet<string>(type.DescendantTokens().Select(static token => token.ValueText));
        var changed = type.Members.ToList();
        foreach (string[] hole in holes!.Split(';').Select(static hole => hole.Split(':')))
        {
            var padding = Fields(int.Parse(hole[1], System.Globalization.CultureInfo.InvariantCulture), int.Parse(hole[2], System.Globalization.CultureInfo.InvariantCulture), used, IndentOf(type)).ToList();
            int index = hole[0].Length == 0 ? changed.FindLastIndex(static member => member is FieldDeclarationSyntax) + 1
                : changed.FindIndex(member => member is FieldDeclarationSyntax field && field.Declaration.Variables[0].Identifier.ValueText == hole[0]);
            if (index < 0 || padding.Count == 0)
                return null;
            changed.InsertRange(index, padding);
        }

        return root.ReplaceNode(type, type.WithMembers(SyntaxFactory.List(changed)));
    }

    private static string IndentOf(StructDeclarationSyntax type) =>
        type.Members.FirstOrDefault()?.GetLeadingTrivia().LastOrDefault(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToString() ?? string.Empty;

    /// <summary>Fields that fill a hole without making new ones: each where its size divides its place.</summary>
    private static System.Collections.Generic.IEnumerable<MemberDeclarationSyntax> Fields(int offset, int size, System.Collections.Generic.HashSet<string> used, string indent)
    {
        for (int number = 0; size > 0;)
        {
            int width = new[] { 4, 2, 1 }.First(width => width <= size && offset % width == 0);
            string name = $"Reserved{number}";
            number++;
            if (!used.Add(name))
                continue;
            yield return SyntaxFactory.ParseMemberDeclaration($"{indent}public {(width == 4 ? "uint" : width == 2 ? "ushort" : "byte")} {name};\n")!;
            offset += width;
            size -= width;
        }
    }
}
