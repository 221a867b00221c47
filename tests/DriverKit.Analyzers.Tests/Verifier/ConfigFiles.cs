using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Analyzer config files, read by the compiler's own reader and told to a compilation as the compiler tells it.</summary>
internal sealed class ConfigFiles : SyntaxTreeOptionsProvider
{
    private readonly AnalyzerConfigSet _files;

    private ConfigFiles(AnalyzerConfigSet files)
    {
        _files = files;
        Options = new([], new Provider(files));
    }

    /// <summary>What the analyzers can ask.</summary>
    public AnalyzerOptions Options { get; }

    /// <summary>One file for the whole project.</summary>
    public static ConfigFiles Global(string text) => Of("/project/Project.globalconfig", text.StartsWith('#') ? text : $"is_global = true\n{text}");

    /// <summary>An .editorconfig with one section.</summary>
    public static ConfigFiles Section(string pattern, string text) => Of("/project/.editorconfig", $"[{pattern}]\n{text}");

    public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

    public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
        OptionsOf(_files, tree).TreeOptions.TryGetValue(diagnosticId, out severity);

    public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
        _files.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out severity);

    private static ConfigFiles Of(string path, string text) => new(AnalyzerConfigSet.Create(ImmutableArray.Create(AnalyzerConfig.Parse(text, path))));

    private static AnalyzerConfigOptionsResult OptionsOf(AnalyzerConfigSet files, SyntaxTree tree) => files.GetOptionsForSourcePath($"/project/{tree.FilePath}");

    private sealed class Provider(AnalyzerConfigSet files) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(files.GlobalConfigOptions.AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values(OptionsOf(files, tree).AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(ImmutableDictionary<string, string>.Empty);
    }

    private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
