using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers;

/// <summary>The base of the fixes that rewrite the code around a diagnostic by its syntax alone. A fix is offered only when it changes the text and makes no new errors; all of them
/// are made one after the other, each on the text that the one before has left.</summary>
/// <param name="rule">The rule it fixes.</param>
/// <param name="key">The fix's equivalence key.</param>
/// <param name="title">What it does, for the user.</param>
public abstract class RewriteFixProvider(string rule, string key, string title) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [rule];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create(static async (context, document, diagnostics) =>
            await ((RewriteFixProvider)context.CodeFixProvider).FixAllAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await FixAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } changed)
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), key), diagnostic);
        }
    }

    /// <summary>The changed root; null when nothing is certain. Nodes that the diagnostic points at besides are found in <paramref name="others"/>, in its order.</summary>
    private protected abstract SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic);

    private async Task<SyntaxNode?> FixAsync(Document document, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
            return null;
        var changed = Rewrite(root, NodeAt(root, diagnostic.Location.SourceSpan), [.. OthersOf(diagnostic).Select(span => NodeAt(root, span))], diagnostic);
        return changed is not null && changed.ToFullString() != root.ToFullString() && Errors(changed, root, model, cancellation) <= Errors(root, root, model, cancellation) ? changed : null;
    }

    /// <summary>Spans move with every change, so the nodes are tracked.</summary>
    private async Task<Document?> FixAllAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root)
            return null;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var ordered = diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ToList();

        // A node that nobody holds may be made anew, and would not be the one that is tracked.
        var tracked = ordered.ConvertAll(diagnostic =>
            ImmutableArray.Create(NodeAt(root, diagnostic.Location.SourceSpan)).AddRange(OthersOf(diagnostic).Select(span => NodeAt(root, span))));
        var current = root.TrackNodes(tracked.SelectMany(static nodes => nodes).Distinct());
        for (int i = 0; i < ordered.Count; i++)
        {
            var nodes = tracked[i].Select(node => current.GetCurrentNode(node)).OfType<SyntaxNode>().ToImmutableArray();
            if (nodes.Length != tracked[i].Length || Rewrite(current, nodes[0], nodes.RemoveAt(0), ordered[i]) is not { } changed)
                continue;
            if (Errors(changed, root, model!, cancellation) <= Errors(current, root, model!, cancellation))
                current = changed;
        }

        return document.WithSyntaxRoot(current);
    }

    private static ImmutableArray<TextSpan> OthersOf(Diagnostic diagnostic) =>
        [.. diagnostic.AdditionalLocations.Where(location => location.SourceTree == diagnostic.Location.SourceTree).Select(static location => location.SourceSpan)];

    private static SyntaxNode NodeAt(SyntaxNode root, TextSpan span) => root.FindNode(span, getInnermostNodeForTie: true);

    private static int Errors(SyntaxNode root, SyntaxNode original, SemanticModel model, CancellationToken cancellation)
    {
        if (ReferenceEquals(root, original))
            return Count(model, cancellation);
        var tree = original.SyntaxTree.WithRootAndOptions(root, original.SyntaxTree.Options);
        return Count(model.Compilation.ReplaceSyntaxTree(original.SyntaxTree, tree).GetSemanticModel(tree), cancellation);
    }

    private static int Count(SemanticModel model, CancellationToken cancellation) =>
        model.GetDiagnostics(cancellationToken: cancellation).Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>A name that nothing in the member has yet: the one wished for, or that with a number behind it.</summary>
    private protected static string FreeName(SyntaxNode inside, string wish)
    {
        var member = (SyntaxNode?)inside.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? inside;
        var used = new System.Collections.Generic.HashSet<string>(member.DescendantTokens().Select(static token => token.ValueText), StringComparer.Ordinal);
        string name = wish;
        for (int i = 2; used.Contains(name); i++)
            name = wish + i;
        return name;
    }
}
