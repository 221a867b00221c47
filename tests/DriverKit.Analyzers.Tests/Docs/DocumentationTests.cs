using System.Globalization;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using DriverKit.Primitives;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>Words that stand in several places stay the same in all of them, and one stem names what belongs to a rule.</summary>
public sealed class DocumentationTests
{
    private static readonly string Pages = Path.Combine(TestSources.Repository, "docs", "rules");

    public static TheoryData<string> Ids => AllAnalyzers.Ids;

    public static TheoryData<string> KernelIds => [.. KernelRule.All.Select(static rule => rule.Id)];

    /// <summary>What no compiler can see as a whole: the catalogue has these for the running kernel alone.</summary>
    private static readonly string[] OnlyInKernel = [KernelRule.LeakedAtUnload.Id];

    /// <summary>The name that a rule's descriptor, check, fixes, tests and page share.</summary>
    public static string StemOf(string id) =>
        Assert.Single(typeof(Descriptors).GetFields(), field => field.Name.StartsWith($"{id}_", StringComparison.Ordinal)).Name[(id.Length + 1)..];

    [Fact]
    public void Descriptors_AreReported() =>
        Assert.Equal(typeof(Descriptors).GetFields().Select(static field => field.Name[..6]).Order(StringComparer.Ordinal), AllAnalyzers.Rules.Select(static rule => rule.Id));

    [Theory]
    [MemberData(nameof(KernelIds))]
    public void Title_IsThatOfTheRunningKernel(string id)
    {
        var rule = KernelRule.All.Single(rule => rule.Id == id);
        Assert.Equal($"# {id}: {rule.Title}", File.ReadLines(Path.Combine(TestSources.Repository, rule.DocumentationPage)).First());
        Assert.Equal(OnlyInKernel.Contains(id), !AllAnalyzers.Has(id));
        if (AllAnalyzers.Has(id))
            Assert.Equal(rule.Title, AllAnalyzers.Rule(id).Title.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_ExistsAndIsTheHelpLink(string id)
    {
        var rule = AllAnalyzers.Rule(id);
        Assert.EndsWith($"docs/rules/{id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        var lines = File.ReadAllLines(Path.Combine(Pages, $"{id}.md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        foreach (var section in new[] { "## Why", "## Wrong", "## Right", "## The running kernel", "## Known misses", "## Configuration", "## Who else checks it" })
            Assert.Contains(section, lines);
        Assert.Contains(lines, line => line == $"dotnet_diagnostic.{id}.severity = {(rule.DefaultSeverity == Microsoft.CodeAnalysis.DiagnosticSeverity.Info ? "suggestion" : "warning")}");
    }

    /// <summary>A page may come before its rule, when the rule's cases do.</summary>
    [Fact]
    public void Pages_AreOnlyThoseOfRules() =>
        Assert.Empty(Directory.EnumerateFiles(Pages, "DK*.md").Select(static path => Path.GetFileNameWithoutExtension(path))
            .Except(RuleEntry.All.Select(static rule => rule.Id)).Except(CorpusFile.All.Select(static file => file.Id)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Descriptor_IsOfItsBand(string id)
    {
        var rule = AllAnalyzers.Rule(id);
        Assert.StartsWith("DriverKit.", rule.Category, StringComparison.Ordinal);
        Assert.All(AllAnalyzers.Rules.Where(other => other.Id[..3] == id[..3]), other => Assert.Equal(rule.Category, other.Category));
        Assert.True(rule.IsEnabledByDefault);
        Assert.NotEmpty(rule.Description.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_IsInTheFileOfItsName(string id) =>
        Assert.Single(Directory.EnumerateFiles(Path.Combine(TestSources.Repository, "src", "DriverKit.Analyzers", "Rules"), $"{StemOf(id)}.cs", SearchOption.AllDirectories));

    [Fact]
    public void Fixers_AreNamedAndTested() => Assert.All(AllAnalyzers.Fixes, static fix =>
    {
        string name = fix.GetType().Name;
        var keys = RuleEntry.KeysOf(fix.GetType()).ToList();
        Assert.EndsWith("Fixer", name, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(TestSources.Root(), $"{name}Tests.cs", SearchOption.AllDirectories));
        Assert.NotNull(fix.GetFixAllProvider());
        Assert.All(fix.FixableDiagnosticIds, id => Assert.Contains(keys, key => key.StartsWith($"{id}_", StringComparison.Ordinal)));
        if (fix.FixableDiagnosticIds.FirstOrDefault(AllAnalyzers.Has) is { } rule)
            Assert.StartsWith(StemOf(rule), name, StringComparison.Ordinal);
    });
}
