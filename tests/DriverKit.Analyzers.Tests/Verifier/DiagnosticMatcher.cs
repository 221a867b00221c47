using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Runs an analyzer over a compilation and compares what it reports, compiler errors included, with what the test expects.</summary>
internal static class DiagnosticMatcher
{
    public static Task<ImmutableArray<Diagnostic>> RunAsync(Compilation compilation, DiagnosticAnalyzer analyzer) => RunAsync(compilation, [analyzer]);

    public static async Task<ImmutableArray<Diagnostic>> RunAsync(
        Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, bool concurrent = true, ConfigFiles? configs = null, CancellationToken cancellation = default)
    {
        Exception? crash = null;
        if (configs is not null)
            compilation = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(configs));
        var options = new CompilationWithAnalyzersOptions(
            configs?.Options ?? new AnalyzerOptions([]), (exception, _, _) => crash = exception, concurrentAnalysis: concurrent, logAnalyzerExecutionTime: false);
        var reported = await compilation.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync(cancellation);
        if (crash is not null)
            throw new InvalidOperationException("The analyzer threw.", crash);
        return [.. reported.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    public static async Task VerifyAsync(Compilation compilation, DiagnosticAnalyzer analyzer, IReadOnlyList<DiagnosticResult> expected, IVerifier verifier, IReadOnlyCollection<string> rules)
    {
        var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var reported = (await RunAsync(compilation, analyzer)).Where(diagnostic => rules.Count == 0 || rules.Contains(diagnostic.Id) || expected.Any(result => result.Id == diagnostic.Id));
        var actual = errors.Concat(reported).ToList();
        var missing = new List<DiagnosticResult>();
        foreach (var result in expected)
        {
            int match = actual.FindIndex(diagnostic => Matches(diagnostic, result));
            if (match >= 0)
                actual.RemoveAt(match);
            else
                missing.Add(result);
        }

        if (missing.Count > 0 || actual.Count > 0)
            verifier.Fail(Describe(compilation, missing, actual));
    }

    private static bool Matches(Diagnostic diagnostic, DiagnosticResult expected) =>
        diagnostic.Id == expected.Id
        && diagnostic.Location.IsInSource
        && (expected.Span is not { } span || diagnostic.Location.SourceSpan == span)
        && (expected.Position is not { } position || diagnostic.Location.GetLineSpan().StartLinePosition == position)
        && (expected.ExpectedMessage is not { } message || diagnostic.GetMessage(CultureInfo.InvariantCulture) == message);

    private static string Describe(Compilation compilation, List<DiagnosticResult> missing, List<Diagnostic> unexpected)
    {
        var text = compilation.SyntaxTrees.First().GetText();
        var lines = missing.Select(result => $"missing:    {result.Id} at {(result.Span is { } span ? $"'{text.ToString(span)}'" : result.Position?.ToString())} {result.ExpectedMessage}")
            .Concat(unexpected.Select(diagnostic => $"unexpected: {diagnostic}{Environment.NewLine}            '{(diagnostic.Location.SourceTree == compilation.SyntaxTrees.First() ? text.ToString(diagnostic.Location.SourceSpan) : null)}'"));
        return string.Join(Environment.NewLine, lines);
    }
}
