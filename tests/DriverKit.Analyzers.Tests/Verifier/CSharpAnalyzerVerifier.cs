using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>The part of Microsoft.CodeAnalysis.CSharp.Analyzer.Testing that the tests use, under the same names: when that package can be
/// had, the using of this namespace becomes one of its own.</summary>
public class CSharpAnalyzerVerifier<TAnalyzer, TVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TVerifier : IVerifier, new()
{
    public static DiagnosticResult Diagnostic(string id) => Diagnostic(new TAnalyzer().SupportedDiagnostics.Single(rule => rule.Id == id));

    public static DiagnosticResult Diagnostic(DiagnosticDescriptor rule) =>
        new DiagnosticResult(rule.Id, rule.DefaultSeverity).WithFormat(rule.MessageFormat.ToString(null));

    public static Task VerifyAnalyzerAsync(string source, params DiagnosticResult[] expected) => VerifyAnalyzerAsync(source, [], expected);

    /// <summary>Looks at the rules named, at those that are expected, and at the compiler's errors; at everything when none is named.</summary>
    public static Task VerifyAnalyzerAsync(string source, IReadOnlyCollection<string> rules, params DiagnosticResult[] expected)
    {
        var analyzer = new TAnalyzer();
        var markup = Markup.Parse(source);
        var only = analyzer.SupportedDiagnostics is [var rule] ? rule : null;
        return DiagnosticMatcher.VerifyAsync(TestCompilation.Create(markup.Source), analyzer, markup.Expectations(expected, only), new TVerifier(), rules);
    }

    protected static ImmutableArray<DiagnosticDescriptor> Rules => new TAnalyzer().SupportedDiagnostics;
}
