using System.Globalization;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>An editor, which asks about one document at a time, shows what the build shows of it.</summary>
public sealed class EditorTests
{
    /// <summary>Each question starts the analyzers anew, so not every document is asked about.</summary>
    private const int Step = 3;

    public static TheoryData<string> Files => [.. CorpusFile.All.Select(static file => file.Id)];

    /// <summary>The cases of a file stand together as one project, each in a document of its own.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public async Task Document_ShowsWhatTheBuildShows(string id)
    {
        if (!AllAnalyzers.Has(id))
            return;
        var file = CorpusFile.All.Single(file => file.Id == id);
        var trees = file.Cases.Select(static (one, i) => CSharpSyntaxTree.ParseText(
            $"namespace Case{i};{one.Source}", TestCompilation.ParseOptions, $"{one.Name}{i}.cs")).ToList();
        var compilation = CorpusCompilation.Create(trees);
        var build = (await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances)).ToLookup(static diagnostic => diagnostic.Location.SourceTree);
        var editor = compilation.WithAnalyzers(AllAnalyzers.Instances, new AnalyzerOptions([]));
        // The other way round than the build, so that nothing hangs on what came before.
        foreach (var tree in trees.Where(static (_, i) => i % Step == 0).Reverse())
        {
            var shown = (await editor.GetAnalyzerSyntaxDiagnosticsAsync(tree, CancellationToken.None))
                .Concat(await editor.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, CancellationToken.None));
            Assert.Equal(TextOf(build[tree]), TextOf(shown));
        }
    }

    private static string TextOf(IEnumerable<Diagnostic> diagnostics) => string.Join('\n', diagnostics
        .Select(static diagnostic => $"{diagnostic.Location.GetLineSpan()} {diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal));
}
