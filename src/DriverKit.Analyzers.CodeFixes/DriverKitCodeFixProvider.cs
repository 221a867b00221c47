using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>The base of the fixes that put a call of one function in the place of an expression. A fix is offered only when the result
/// compiles and says something else than before.</summary>
/// <param name="rule">The rule it fixes.</param>
/// <param name="key">The fix's equivalence key.</param>
public abstract class DriverKitCodeFixProvider(string rule, string key) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [rule];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node || model is null)
                continue;
            if (Replace(node, diagnostic, model) is { } replacement && Compiles(replacement, model))
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"Call {replacement.Method.Name}", cancellation => ApplyAsync(context.Document, replacement, cancellation), key),
                    diagnostic);
            }
        }
    }

    /// <summary>The call to put in place of the flagged code; null when there is none that is certain.</summary>
    private protected abstract Replacement? Replace(SyntaxNode node, Diagnostic diagnostic, SemanticModel model);

    /// <summary>The function of that name, in that type, that takes one argument.</summary>
    private protected static IMethodSymbol? FindFunction(SemanticModel model, string type, string name) =>
        model.Compilation.GetTypeByMetadataName(type)?.GetMembers(name).OfType<IMethodSymbol>()
            .FirstOrDefault(static method => method is { IsStatic: true, Parameters.Length: 1 });

    private static bool Compiles(Replacement replacement, SemanticModel model)
    {
        var call = SyntaxFactory.ParseExpression(replacement.Qualified);
        var bound = model.GetSpeculativeSymbolInfo(replacement.Old.SpanStart, call, SpeculativeBindingOption.BindAsExpression).Symbol;
        return SymbolEqualityComparer.Default.Equals(bound, replacement.Method)
            && SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(replacement.Old).Type, replacement.Method.ReturnType);
    }

    private static async Task<Document> ApplyAsync(Document document, Replacement replacement, CancellationToken cancellation)
    {
        var root = (CompilationUnitSyntax)(await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var call = SyntaxFactory.InvocationExpression(SyntaxFactory.IdentifierName(replacement.Method.Name), replacement.Arguments);
        var known = model!.GetSpeculativeSymbolInfo(replacement.Old.SpanStart, call, SpeculativeBindingOption.BindAsExpression).Symbol;
        var changed = root.ReplaceNode(replacement.Old, call.WithTriviaFrom(replacement.Old));
        if (!SymbolEqualityComparer.Default.Equals(known, replacement.Method))
            changed = AddUsing(changed, replacement.Method.ContainingType.ToDisplayString());
        return document.WithSyntaxRoot(changed);
    }

    /// <summary>Adds <c>using static</c> for the header, in its alphabetical place among those that are there.</summary>
    internal static CompilationUnitSyntax AddUsing(CompilationUnitSyntax root, string type)
    {
        var directive = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(type).WithLeadingTrivia(SyntaxFactory.Space))
            .WithStaticKeyword(SyntaxFactory.Token(SyntaxKind.StaticKeyword).WithLeadingTrivia(SyntaxFactory.Space))
            .WithTrailingTrivia(SyntaxFactory.LineFeed);
        int index = root.Usings.TakeWhile(existing => !existing.StaticKeyword.IsKind(SyntaxKind.StaticKeyword)
            || string.CompareOrdinal(existing.Name?.ToString(), type) < 0).Count();
        if (index > 0 || root.Usings.Count > 0)
            return root.WithUsings(root.Usings.Insert(index, directive));
        return root.WithoutLeadingTrivia()
            .WithUsings([directive.WithLeadingTrivia(root.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.LineFeed, SyntaxFactory.LineFeed)]);
    }

    /// <summary>A call to put in place of an expression.</summary>
    private protected sealed class Replacement(ExpressionSyntax old, IMethodSymbol method, ExpressionSyntax argument)
    {
        public ExpressionSyntax Old => old;

        public IMethodSymbol Method => method;

        public ArgumentListSyntax Arguments { get; } =
            SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(argument.WithoutTrivia())));

        public string Qualified => $"global::{Method.ContainingType.ToDisplayString()}.{Method.Name}{Arguments}";
    }
}
