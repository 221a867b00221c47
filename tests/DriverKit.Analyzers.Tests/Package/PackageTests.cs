using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Docs;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Package;

/// <summary>The package carries kit, lint and pages, and lints whoever references it.</summary>
public sealed class PackageTests(PackedConsumer consumer) : IClassFixture<PackedConsumer>
{
    [Fact]
    public void Package_HasTheseEntries()
    {
        using var package = ZipFile.OpenRead(consumer.Package);
        var pages = Directory.EnumerateFiles(Path.Combine(TestSources.Repository, "docs", "rules"), "*.md").Select(static path => $"docs/rules/{Path.GetFileName(path)}");
        string[] expected =
        [
            "DriverKit.nuspec",
            "README.md",
            "analyzers/dotnet/cs/DriverKit.Analyzers.CodeFixes.dll",
            "analyzers/dotnet/cs/DriverKit.Analyzers.dll",
            "build/DriverKit.props",
            "buildTransitive/DriverKit.props",
            "lib/net10.0/DriverKit.dll",
            "lib/net10.0/DriverKit.xml",
            "presets/DriverKit.off.globalconfig",
            "presets/DriverKit.strict.globalconfig",
        ];
        Assert.Equal(
            expected.Concat(pages).Order(StringComparer.Ordinal),
            package.Entries.Select(static entry => entry.FullName)
                .Where(static name => name is not ("[Content_Types].xml" or "_rels/.rels") && !name.StartsWith("package/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Build_WarnsLikeTheCompiler()
    {
        var expected = Assert.Single(await DiagnosticMatcher.RunAsync(CorpusCompilation.Create(PackedConsumer.Driver), AllAnalyzers.Instances));
        string message = expected.GetMessage(CultureInfo.InvariantCulture);
        var (code, output) = await consumer.BuildAsync("ErrorLog=out.sarif%2Cversion=2.1");
        Assert.True(code == 0, output);
        Assert.Contains($"Clipboard.cs(6,9): warning DK1002: {message}", output, StringComparison.Ordinal);
        using var log = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(consumer.Project, "out.sarif")));
        var run = log.RootElement.GetProperty("runs")[0];
        var result = Assert.Single(run.GetProperty("results").EnumerateArray(), static result => result.GetProperty("ruleId").GetString() == "DK1002");
        Assert.Equal("warning", result.GetProperty("level").GetString());
        Assert.Equal(message, result.GetProperty("message").GetProperty("text").GetString());
        Assert.Equal(("Clipboard.cs", 6, 9), PlaceOf(result.GetProperty("locations")[0]));
        Assert.Equal(("Clipboard.cs", 5, 22), PlaceOf(result.GetProperty("relatedLocations")[0]));
        var rule = Assert.Single(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray(), static rule => rule.GetProperty("id").GetString() == "DK1002");
        Assert.Equal(Descriptors.DK1002_SleepWhileHoldingKmapAtomic.Title.ToString(null), rule.GetProperty("shortDescription").GetProperty("text").GetString());
        Assert.EndsWith("docs/rules/DK1002.md", rule.GetProperty("helpUri").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnalysisOff_IsSilent()
    {
        var (code, output) = await consumer.BuildAsync("DriverKitAnalysis=off");
        Assert.True(code == 0, output);
        Assert.DoesNotContain(" DK", output, StringComparison.Ordinal);
        Assert.Contains("0 Warning(s)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnalysisStrict_FailsTheBuild()
    {
        var (code, output) = await consumer.BuildAsync("DriverKitAnalysis=strict");
        Assert.NotEqual(0, code);
        Assert.Contains("Clipboard.cs(6,9): error DK1002: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnalysisOfAnotherName_FailsTheBuild()
    {
        var (code, output) = await consumer.BuildAsync("DriverKitAnalysis=loose");
        Assert.NotEqual(0, code);
        Assert.Contains("DriverKitAnalysis is off, default or strict, not 'loose'.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PackedPresets_AreThoseOfTheRules()
    {
        using var package = ZipFile.OpenRead(consumer.Package);
        using var text = new StreamReader(package.GetEntry("presets/DriverKit.strict.globalconfig")!.Open());
        Assert.Equal(Preset.TextOf("strict"), await text.ReadToEndAsync());
    }

    private static (string? File, int Line, int Column) PlaceOf(JsonElement location)
    {
        var place = location.GetProperty("physicalLocation");
        var region = place.GetProperty("region");
        string? file = place.GetProperty("artifactLocation").GetProperty("uri").GetString();
        return (file?.Split('/')[^1], region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32());
    }
}
