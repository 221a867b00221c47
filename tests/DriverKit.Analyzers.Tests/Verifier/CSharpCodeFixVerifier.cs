using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Applies a fix to each diagnostic in turn, and to all of them at once, and compares both with what the test expects.</summary>
public sealed class CSharpCodeFixVerifier<TAnalyzer, TCodeFix, TVerifier> : CSharpAnalyzerVerifier<TAnalyzer, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
    where TVerifier : IVerifier, new()
{
    private const int MaxFixes = 50;

    /// <summary>Verifies the diagnostics in the source and the text that the fix turns it into. Equal texts: no fix is offered.</summary>
    public static async Task VerifyCodeFixAsync(string source, string fixedSource)
    {
        await VerifyAnalyzerAsync(source, new TCodeFix().FixableDiagnosticIds);
        var expected = Markup.Parse(fixedSource);
        var document = CreateDocument(Markup.Parse(source).Source);
        await CompareAsync(await FixOneByOneAsync(document), expected.Source, "one by one");
        await CompareAsync(await FixAllAsync(document), expected.Source, "fix all");
        await VerifyAnalyzerAsync(fixedSource, new TCodeFix().FixableDiagnosticIds);
    }

    private static Document CreateDocument(string source)
    {
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Driver", LanguageNames.CSharp)
            .WithCompilationOptions(TestCompilation.Options)
            .WithParseOptions(TestCompilation.ParseOptions)
            .WithMetadataReferences(TestCompilation.References)
            .AddDocument("Usings.cs", TestCompilation.Usings).Project;
        return project.AddDocument("Driver.cs", source);
    }

    private static async Task<Document> FixOneByOneAsync(Document document)
    {
        for (int i = 0; i < MaxFixes; i++)
        {
            Document? changed = null;
            foreach (var diagnostic in await DiagnosticsAsync(document))
            {
                if (await ActionAsync(document, diagnostic) is not { } action)
                    continue;
                changed = await ApplyAsync(document, action);
                break;
            }

            if (changed is null)
                return document;
            document = changed;
        }

        throw new InvalidOperationException("The fix does not come to an end.");
    }

    private static async Task<Document> FixAllAsync(Document document)
    {
        var fix = new TCodeFix();
        var diagnostics = await DiagnosticsAsync(document);
        CodeAction? first = null;
        foreach (var diagnostic in diagnostics)
            first ??= await ActionAsync(document, diagnostic);
        if (first is null || fix.GetFixAllProvider() is not { } provider)
            return document;
        var context = new FixAllContext(
            document, fix, FixAllScope.Document, first.EquivalenceKey, diagnostics.Select(static diagnostic => diagnostic.Id).Distinct(), new Provider(), CancellationToken.None);
        return await provider.GetFixAsync(context) is { } action ? await ApplyAsync(document, action) : document;
    }

    private static async Task<CodeAction?> ActionAsync(Document document, Diagnostic diagnostic)
    {
        var fix = new TCodeFix();
        if (!fix.FixableDiagnosticIds.Contains(diagnostic.Id))
            return null;
        CodeAction? offered = null;
        await fix.RegisterCodeFixesAsync(new(document, diagnostic, (action, _) => offered ??= action, CancellationToken.None));
        return offered;
    }

    private static async Task<Document> ApplyAsync(Document document, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Document document)
    {
        var tree = await document.GetSyntaxTreeAsync();
        var compilation = await document.Project.GetCompilationAsync();
        return [.. (await DiagnosticMatcher.RunAsync(compilation!, new TAnalyzer()))
            .Where(diagnostic => diagnostic.Location.SourceTree == tree && new TCodeFix().FixableDiagnosticIds.Contains(diagnostic.Id))];
    }

    private static async Task CompareAsync(Document actual, string expected, string how)
    {
        string text = (await actual.GetTextAsync()).ToString();
        if (text != expected)
            new TVerifier().Fail($"{how}:{Environment.NewLine}{text}{Environment.NewLine}expected:{Environment.NewLine}{expected}");
    }

    private sealed class Provider : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            await DiagnosticsAsync(document);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
