using System.Collections.Immutable;
using System.Diagnostics;
using DriverKit.Primitives;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>Compiles generated code and runs DriverKit's analyzers over it in this process, with the compiler's own account of what they took.</summary>
internal static class Workbench
{
    private const string Always = "System,System.Collections.Generic,System.IO,System.Linq,System.Threading,System.Threading.Tasks";

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is "netstandard.dll" or "DriverKit.dll" || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Every analyzer of DriverKit.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        .. typeof(DriverKitAnalyzer).Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type) && !typeof(DiagnosticSuppressor).IsAssignableFrom(type))
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } =
        [.. Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics).DistinctBy(static rule => rule.Id).OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    public static CSharpCompilation Compile(Mix mix, int lines)
    {
        var trees = DriverCode.Files(mix, lines).Select(static file => CSharpSyntaxTree.ParseText(file.Text, ParseOptions, file.Name))
            .Append(CSharpSyntaxTree.ParseText(GlobalUsings(), ParseOptions, "Usings.cs"));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false);
        return CSharpCompilation.Create("Drivers", trees, References, options);
    }

    public static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);

    /// <summary>The compilation with only one of the rules on; with none for null.</summary>
    public static CSharpCompilation With(CSharpCompilation compilation, DiagnosticDescriptor? only)
    {
        var severities = Rules.ToImmutableDictionary(static rule => rule.Id, rule => rule.Id == only?.Id ? ReportDiagnostic.Warn : ReportDiagnostic.Suppress);
        return compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(severities));
    }

    /// <summary>Milliseconds the compiler takes for the code without any analyzer.</summary>
    public static double TimeToCompile(CSharpCompilation compilation)
    {
        var clock = new Clock();
        var result = compilation.Clone().Emit(Stream.Null);
        return result.Success
            ? clock.OnProcessor(clock.Elapsed)
            : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(10)));
    }

    /// <summary>Runs the analyzers over all files.</summary>
    public static async Task<Run> Analyze(CSharpCompilation compilation)
    {
        var clock = new Clock();
        var analysis = Analysis(compilation);
        var found = await analysis.GetAnalyzerDiagnosticsAsync().ConfigureAwait(false);
        return new(clock.OnProcessor(await TimeOf(analysis).ConfigureAwait(false)), found);
    }

    /// <summary>Runs the analyzers over one file of a solution, as an editor does for the file one is typing in.</summary>
    public static async Task<Run> Analyze(CSharpCompilation compilation, SyntaxTree tree)
    {
        var clock = new Clock();
        var analysis = Analysis(compilation);
        var syntax = await analysis.GetAnalyzerSyntaxDiagnosticsAsync(tree, CancellationToken.None).ConfigureAwait(false);
        var semantic = await analysis.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), null, CancellationToken.None).ConfigureAwait(false);
        return new(clock.OnProcessor(await TimeOf(analysis).ConfigureAwait(false)), [.. syntax, .. semantic]);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static CompilationWithAnalyzers Analysis(CSharpCompilation compilation) => compilation.WithAnalyzers(
        Analyzers,
        new CompilationWithAnalyzersOptions(
            new([]),
            static (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} threw", exception),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: true));

    private static async Task<double> TimeOf(CompilationWithAnalyzers analysis)
    {
        double sum = 0;
        foreach (var analyzer in Analyzers)
            sum += (await analysis.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None).ConfigureAwait(false)).ExecutionTime.TotalMilliseconds;
        return sum;
    }

    private static string GlobalUsings()
    {
        var headers = typeof(KernelResult).Assembly.GetExportedTypes().Where(static type => type.Namespace == "DriverKit.Headers").Select(static type => "static " + type.FullName);
        var spaces = typeof(KernelResult).Assembly.GetExportedTypes().Select(static type => type.Namespace!).Where(static name => name != "DriverKit.Headers").Distinct();
        return string.Concat(Always.Split(',').Concat(spaces).Concat(headers).Order(StringComparer.Ordinal).Select(static name => $"global using {name};\n"));
    }

    /// <summary>Stopwatches run on while other programs have the processor. What they show is taken down by the share of the time that this process did not have it.</summary>
    private sealed class Clock
    {
        private readonly TimeSpan _processor = Process.GetCurrentProcess().TotalProcessorTime;
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        public double Elapsed => _watch.Elapsed.TotalMilliseconds;

        public double OnProcessor(double milliseconds) =>
            milliseconds * Math.Min(1, (Process.GetCurrentProcess().TotalProcessorTime - _processor) / _watch.Elapsed);
    }

    /// <summary>What one run took and found.</summary>
    /// <param name="Milliseconds">In the analyzers.</param>
    /// <param name="Found">The diagnostics.</param>
    internal sealed record Run(double Milliseconds, ImmutableArray<Diagnostic> Found);
}
