using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK8008: adds <c>Owner = this</c> as the first of the operations, where <c>this</c> is the module.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OwnerMissingFixer)), Shared]
public sealed class OwnerMissingFixer() : RewriteFixProvider("DK8008", Key_AddOwner, "Add Owner = this")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_AddOwner = "DK8008_AddOwner";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.ContainsKey("ThisIsOwner") || node is not BaseObjectCreationExpressionSyntax creation)
            return null;
        ExpressionSyntax owner = SyntaxFactory.ParseExpression("Owner = this");
        if (creation.Initializer is not { } initializer)
        {
            var list = creation.ArgumentList ?? SyntaxFactory.ArgumentList();
            var made = (InitializerExpressionSyntax)((BaseObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression("new() { Owner = this }")).Initializer!;
            return root.ReplaceNode(creation, creation.WithArgumentList(list.WithTrailingTrivia(SyntaxFactory.Space)).WithInitializer(made.WithTrailingTrivia(creation.GetTrailingTrivia())));
        }

        if (initializer.Expressions.Count == 0)
            return root.ReplaceNode(initializer, SyntaxFactory.ParseExpression("new() { Owner = this }") is BaseObjectCreationExpressionSyntax { Initializer: { } filled } ? filled.WithTriviaFrom(initializer) : initializer);
        var first = initializer.Expressions[0];
        bool isOnOwnLine = initializer.OpenBraceToken.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(isOnOwnLine ? SyntaxFactory.LineFeed : SyntaxFactory.Space);
        var indent = first.GetLeadingTrivia().LastOrDefault();
        var rest = isOnOwnLine ? first : first.WithoutLeadingTrivia();
        owner = owner.WithLeadingTrivia(isOnOwnLine && indent.IsKind(SyntaxKind.WhitespaceTrivia) ? [indent] : first.GetLeadingTrivia());
        var expressions = initializer.Expressions.Replace(first, rest).GetWithSeparators().InsertRange(0, [owner, comma]);
        return root.ReplaceNode(initializer, initializer.WithExpressions(SyntaxFactory.SeparatedList<ExpressionSyntax>(expressions)));
    }
}
