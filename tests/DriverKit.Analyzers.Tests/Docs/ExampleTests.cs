using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>The examples of the rule pages compile; the wrong one is flagged, the right one is not.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Ids => AllAnalyzers.Ids;

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task WrongTriggers_RightDoesNotTrigger(string id)
    {
        string page = File.ReadAllText(Path.Combine(TestSources.Repository, "docs", "rules", $"{id}.md"));
        Assert.Contains(await ReportedAsync(CodeAfter(page, "## Wrong")), text => text.Contains($" {id}: ", StringComparison.Ordinal));
        Assert.Empty(await ReportedAsync(CodeAfter(page, "## Right")));
    }

    private static string CodeAfter(string page, string heading)
    {
        const string Fence = "```csharp\n";
        int start = page.IndexOf(Fence, page.IndexOf(heading, StringComparison.Ordinal), StringComparison.Ordinal) + Fence.Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static async Task<IEnumerable<string>> ReportedAsync(string members)
    {
        var compilation = CorpusCompilation.Create($"class Driver\n{{\n{members}\n}}");
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return (await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances)).Select(static diagnostic => diagnostic.ToString());
    }
}
