using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>The cases of a file, compiled and analysed once for all tests that ask.</summary>
internal static class CorpusRun
{
    private static readonly ConcurrentDictionary<CorpusFile, Lazy<Task<IReadOnlyList<CaseResult>>>> Results = new();

    /// <summary>What the analyzers said about each case of the file.</summary>
    public static Task<IReadOnlyList<CaseResult>> AnalyzeAsync(CorpusFile file) =>
        Results.GetOrAdd(file, static file => new(() => ForEachAsync(file, CaseResult.OfAsync))).Value;

    /// <summary>The compiler's errors in each case of the file.</summary>
    public static async Task<IEnumerable<string>> ErrorsAsync(CorpusFile file) =>
        (await ForEachAsync(file, static one => Task.FromResult(
            CorpusCompilation.Create(one.Source, $"{one.File}.cs").GetDiagnostics()
                .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(diagnostic => $"{one.Name}: {diagnostic}").ToList())))
        .SelectMany(static errors => errors);

    private static async Task<IReadOnlyList<T>> ForEachAsync<T>(CorpusFile file, Func<CorpusCase, Task<T>> run)
    {
        var results = new T[file.Cases.Count];
        await Parallel.ForAsync(0, results.Length, async (i, _) => results[i] = await run(file.Cases[i]));
        return results;
    }
}
