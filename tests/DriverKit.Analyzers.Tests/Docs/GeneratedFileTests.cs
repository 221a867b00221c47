using System.Text;
using DriverKit.Analyzers.Options;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>The lists of all rules. They are made from the code, so that a new rule enters them by <c>UPDATE_DOCS=1</c>.</summary>
public sealed class GeneratedFileTests
{
    private static readonly string ReleaseFolder = Path.Combine("src", "DriverKit.Analyzers");

    [Fact]
    public void Index_IsUpToDate() =>
        GeneratedFile.CheckPart(Path.Combine("docs", "rules", "README.md"), "<!-- rules -->", "<!-- end of rules -->", Index());

    [Fact]
    public void ReleaseTracking_IsUpToDate()
    {
        string shipped = File.ReadAllText(Path.Combine(TestSources.Repository, ReleaseFolder, "AnalyzerReleases.Shipped.md"));
        var text = new StringBuilder("""
            ; Unshipped analyzer release
            ; https://github.com/dotnet/roslyn-analyzers/blob/main/src/Microsoft.CodeAnalysis.Analyzers/ReleaseTrackingAnalyzers.Help.md

            ### New Rules

            Rule ID | Category | Severity | Notes
            --------|----------|----------|-------

            """);
        foreach (var rule in AllAnalyzers.Rules.Where(rule => !shipped.Contains($"\n{rule.Id} |", StringComparison.Ordinal)))
            text.Append($"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {DocumentationTests.StemOf(rule.Id)}, [documentation](../../docs/rules/{rule.Id}.md)\n");
        GeneratedFile.Check(Path.Combine(ReleaseFolder, "AnalyzerReleases.Unshipped.md"), text.ToString());
    }

    [Fact]
    public void Options_AreUpToDate()
    {
        var text = new StringBuilder("\n| key | values, the default first | |\n|---|---|---|\n");
        foreach (var option in LintOptions.All)
            text.Append($"| `{option.Key}` | {string.Join(", ", option.Values.Select(static value => $"`{value}`"))} | {option.Description} |\n");
        GeneratedFile.CheckPart(Path.Combine("docs", "rules", "README.md"), "<!-- options -->", "<!-- end of options -->", text.Append('\n').ToString());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("strict")]
    public void Presets_AreUpToDate(string name) => GeneratedFile.Check(Preset.FileOf(name), Preset.TextOf(name));

    /// <summary>A table for each band, headed by the band's category.</summary>
    private static string Index()
    {
        var text = new StringBuilder();
        foreach (var band in RuleEntry.All.GroupBy(static rule => rule.Id[..3]))
        {
            string name = RuleEntry.Words(band.Select(static rule => rule.Descriptor?.Category.Split('.')[1]).FirstOrDefault(static name => name is not null) ?? "").ToLowerInvariant();
            text.Append($"\n### {band.Key}xxx {name}\n\n| id | title | severity | fix | R |\n|---|---|---|---|---|\n");
            foreach (var rule in band)
                text.Append($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.Descriptor?.DefaultSeverity.ToString() ?? "at run time only"} | {string.Join(", ", rule.Fixes)} | {(rule.IsInKernel ? "R" : "")} |\n");
        }

        return text.Append('\n').ToString();
    }
}
