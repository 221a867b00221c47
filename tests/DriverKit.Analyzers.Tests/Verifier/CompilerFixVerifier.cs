using System.Collections.Immutable;
using DriverKit.Analyzers.Tests.Corpus;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Applies a fix for errors of the compiler itself to each of them in turn, and to all at once by each of its keys.</summary>
internal static class CompilerFixVerifier<TCodeFix>
    where TCodeFix : CodeFixProvider, new()
{
    private const int MaxFixes = 50;

    /// <summary>Verifies the text that the fix turns the source into. Equal texts: no fix is offered. What is not equal must compile.</summary>
    public static async Task VerifyAsync(string source, string fixedSource)
    {
        await CompareAsync(await OneByOneAsync(Open(source)), fixedSource);
        await CompareAsync(await AllAsync(Open(source)), fixedSource);
        if (source != fixedSource)
            Assert.Empty(await ErrorsAsync(Open(fixedSource), static _ => true));
    }

    private static Document Open(string source)
    {
        var like = CorpusCompilation.Create(source);
        var project = new AdhocWorkspace().AddProject("Driver", LanguageNames.CSharp)
            .WithCompilationOptions(like.Options)
            .WithParseOptions(like.SyntaxTrees.First().Options)
            .WithMetadataReferences(like.References);
        foreach (var tree in like.SyntaxTrees.Where(static tree => tree.FilePath != "Driver.cs"))
            project = project.AddDocument(tree.FilePath, tree.GetText()).Project;
        return project.AddDocument("Driver.cs", source);
    }

    private static async Task<Document> OneByOneAsync(Document document)
    {
        for (int i = 0; i < MaxFixes; i++)
        {
            if (await FirstAsync(document, static _ => true) is not { } action)
                return document;
            document = await ApplyAsync(document, action);
        }

        throw new InvalidOperationException("The fix does not come to an end.");
    }

    private static async Task<Document> AllAsync(Document document)
    {
        var done = new HashSet<string>();
        while (await FirstAsync(document, action => !done.Contains(action.EquivalenceKey!)) is { } first)
        {
            done.Add(first.EquivalenceKey!);
            var fix = new TCodeFix();
            var context = new FixAllContext(document, fix, FixAllScope.Document, first.EquivalenceKey, fix.FixableDiagnosticIds, new Provider(), CancellationToken.None);
            if (await fix.GetFixAllProvider()!.GetFixAsync(context) is { } action)
                document = await ApplyAsync(document, action);
        }

        return document;
    }

    private static async Task<CodeAction?> FirstAsync(Document document, Func<CodeAction, bool> isWanted)
    {
        var fix = new TCodeFix();
        CodeAction? first = null;
        foreach (var error in await ErrorsAsync(document, diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await fix.RegisterCodeFixesAsync(new(document, error, (action, _) => first ??= isWanted(action) ? action : null, CancellationToken.None));
            if (first is not null)
                break;
        }

        return first;
    }

    private static async Task<ImmutableArray<Diagnostic>> ErrorsAsync(Document document, Func<Diagnostic, bool> isWanted)
    {
        var model = await document.GetSemanticModelAsync();
        return [.. model!.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && isWanted(diagnostic))];
    }

    private static async Task<Document> ApplyAsync(Document document, CodeAction action) =>
        (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;

    private static async Task CompareAsync(Document actual, string expected) => Assert.Equal(expected, (await actual.GetTextAsync()).ToString());

    private sealed class Provider : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            await ErrorsAsync(document, static _ => true);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
