using System.Globalization;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Docs;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Rules;

/// <summary>What holds for every rule alike: its switches, where it does not look, and the form of what it reports. The bug is the first
/// case of its corpus that it finds.</summary>
public sealed class EveryRuleTests
{
    public static TheoryData<string> Ids => [.. AllAnalyzers.Rules.Select(static rule => rule.Id).Where(CorpusFile.IsSelected)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Off_DoesNotTrigger(string id)
    {
        var bug = await BugAsync(id);
        Assert.Contains(id, await IdsAsync(bug));
        Assert.DoesNotContain(id, await IdsAsync(bug, ConfigFiles.Global($"dotnet_diagnostic.{id}.severity = none")));
        Assert.DoesNotContain(id, await IdsAsync(bug, ConfigFiles.Section("*.cs", $"dotnet_diagnostic.{id}.severity = none")));
        Assert.Contains(id, await IdsAsync(bug, ConfigFiles.Section("Other.cs", $"dotnet_diagnostic.{id}.severity = none")));
        Assert.DoesNotContain(id, await IdsAsync(bug.WithOptions(bug.Options.WithSpecificDiagnosticOptions([new(id, ReportDiagnostic.Suppress)]))));
    }

    /// <summary>Off also means that the rest goes on as before.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public async Task AllOthersOff_Triggers(string id)
    {
        string others = string.Concat(AllAnalyzers.Rules.Where(rule => rule.Id != id).Select(static rule => $"dotnet_diagnostic.{rule.Id}.severity = none\n"));
        var alone = await IdsAsync(await BugAsync(id), ConfigFiles.Global(others));
        Assert.Contains(id, alone);
        Assert.All(alone, other => Assert.Equal(id, other));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Error_TriggersAsError(string id)
    {
        var reported = await RunAsync(await BugAsync(id), ConfigFiles.Section("*.cs", $"dotnet_diagnostic.{id}.severity = error"));
        Assert.All(reported.Where(diagnostic => diagnostic.Id == id), static diagnostic => Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity));
        Assert.Contains(reported, diagnostic => diagnostic.Id == id);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Strict_RaisesTheSeverity(string id)
    {
        var reported = await RunAsync(await BugAsync(id), ConfigFiles.Global(Preset.TextOf("strict")));
        var raised = AllAnalyzers.Rule(id).DefaultSeverity == DiagnosticSeverity.Info ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
        Assert.All(reported.Where(diagnostic => diagnostic.Id == id), diagnostic => Assert.Equal(raised, diagnostic.Severity));
        Assert.Contains(reported, diagnostic => diagnostic.Id == id);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task GeneratedCode_DoesNotTrigger(string id)
    {
        var bug = await BugAsync(id);
        var tree = bug.SyntaxTrees.Single(static tree => tree.FilePath == "Driver.cs");
        Assert.Empty(await IdsAsync(bug.ReplaceSyntaxTree(tree, tree.WithFilePath("Driver.g.cs"))));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task WithoutDriverKit_DoesNotTrigger(string id) =>
        Assert.Empty(await IdsAsync((await BugAsync(id)).WithReferences(TestCompilation.WithoutDriverKit)));

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Diagnostics_AreWellFormed(string id)
    {
        var file = CorpusFile.All.Single(file => file.Id == id);
        Assert.All((await CorpusRun.AnalyzeAsync(file)).SelectMany(static result => result.Found.Concat(result.Unexpected)), static diagnostic =>
        {
            string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
            Assert.True(diagnostic.Location.IsInSource, message);
            Assert.False(diagnostic.Location.SourceSpan.IsEmpty, message);
            Assert.All(diagnostic.AdditionalLocations, location => Assert.True(location.IsInSource, message));
            Assert.DoesNotMatch(@"\{\d|\s\s|\s$|\.$", message);
        });
    }

    [Fact]
    public async Task PresetOff_CostsNothing()
    {
        var off = ConfigFiles.Global(Preset.TextOf("off"));
        foreach (var file in CorpusFile.All)
        {
            var compilation = CorpusCompilation.Create(file.Cases[0].Source);
            var run = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(off)).WithAnalyzers(AllAnalyzers.Instances, off.Options);
            Assert.Empty(await run.GetAnalyzerDiagnosticsAsync());
            foreach (var analyzer in AllAnalyzers.Instances.Where(static analyzer => analyzer is not DiagnosticSuppressor))
            {
                var telemetry = await run.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None);
                Assert.Equal(0, telemetry.OperationBlockActionsCount + telemetry.OperationBlockStartActionsCount + telemetry.OperationActionsCount
                    + telemetry.SyntaxNodeActionsCount + telemetry.SyntaxTreeActionsCount + telemetry.SymbolActionsCount + telemetry.SymbolStartActionsCount
                    + telemetry.SemanticModelActionsCount + telemetry.CodeBlockActionsCount + telemetry.CompilationEndActionsCount);
            }
        }
    }

    private static async Task<CSharpCompilation> BugAsync(string id)
    {
        var results = await CorpusRun.AnalyzeAsync(CorpusFile.All.Single(file => file.Id == id));
        var result = results.FirstOrDefault(result => result.Found.Any(diagnostic => diagnostic.Id == id));
        Assert.True(result is not null, $"{id} finds none of its cases.");
        return CorpusCompilation.Create(result.Case.Source);
    }

    private static async Task<List<string>> IdsAsync(Compilation compilation, ConfigFiles? configs = null) =>
        [.. (await RunAsync(compilation, configs)).Select(static diagnostic => diagnostic.Id)];

    private static async Task<IReadOnlyList<Diagnostic>> RunAsync(Compilation compilation, ConfigFiles? configs) =>
        await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances, configs: configs);
}
