using System.Globalization;
using DriverKit.Analyzers.Rules;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Primitives;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>Words that stand in several places stay the same in all of them.</summary>
public sealed class DocumentationTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(TestSources.Root(), "..", ".."));

    public static TheoryData<string> Ids => [.. Rules.Select(static rule => rule.Id)];

    private static IEnumerable<DiagnosticDescriptor> Rules => new FlowRules().SupportedDiagnostics;

    [Fact]
    public void Titles_AreThoseOfTheRunningKernel() =>
        Assert.Equal(
            KernelRule.All.Select(static rule => (rule.Id, rule.Title)),
            Rules.Select(static rule => (rule.Id, rule.Title.ToString(CultureInfo.InvariantCulture))));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_ExistsAndIsTheHelpLink(string id)
    {
        var rule = RuleOf(id);
        Assert.EndsWith($"docs/rules/{id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        var lines = File.ReadAllLines(Path.Combine(Repository, "docs", "rules", $"{id}.md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        foreach (var section in new[] { "## Why", "## Wrong", "## Right", "## The running kernel", "## Known misses", "## Configuration", "## Who else checks it" })
            Assert.Contains(section, lines);
        Assert.Contains(lines, line => line == $"dotnet_diagnostic.{id}.severity = warning");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Index_ListsTheRule(string id)
    {
        var rule = RuleOf(id);
        string index = File.ReadAllText(Path.Combine(Repository, "docs", "rules", "README.md"));
        Assert.Contains($"| [{id}]({id}.md) | {rule.Title} | {rule.Category.Split('.')[1]} | {rule.DefaultSeverity} |", index, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_AreOnlyThoseOfRules() =>
        Assert.Equal(
            Rules.Select(static rule => $"{rule.Id}.md"),
            Directory.EnumerateFiles(Path.Combine(Repository, "docs", "rules"), "DK*.md").Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public void ReleaseTracking_ListsTheRule(string id)
    {
        var rule = RuleOf(id);
        string folder = Path.Combine(Repository, "src", "DriverKit.Analyzers");
        var lines = new[] { "Shipped", "Unshipped" }.SelectMany(name => File.ReadAllLines(Path.Combine(folder, $"AnalyzerReleases.{name}.md")));
        Assert.Single(lines, line => line.StartsWith($"{id} | {rule.Category} | {rule.DefaultSeverity} |", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Descriptor_IsNamedByIdAndMeaning(string id)
    {
        var field = Assert.Single(typeof(Descriptors).GetFields(), field => field.Name.StartsWith(id, StringComparison.Ordinal));
        string stem = field.Name[(id.Length + 1)..];
        Assert.True(File.Exists(Path.Combine(Repository, "src", "DriverKit.Analyzers", "Rules", $"{stem}.cs")));
        Assert.True(File.Exists(Path.Combine(TestSources.Root(), "Rules", $"{stem}Tests.cs")));
    }

    private static DiagnosticDescriptor RuleOf(string id) => Rules.Single(rule => rule.Id == id);
}
