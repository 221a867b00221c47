using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>The examples of the rule pages compile; the wrong one is flagged, the right one is not.</summary>
public sealed class ExampleTests
{
    private static readonly string Folder = Path.Combine(TestSources.Repository, "docs", "rules");

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Folder, "DK*.md").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task WrongTriggers_RightDoesNotTrigger(string id)
    {
        string page = File.ReadAllText(Path.Combine(Folder, $"{id}.md"));
        var wrong = await ReportedAsync(CodeAfter(page, "## Wrong"));
        var right = await ReportedAsync(CodeAfter(page, "## Right"));
        // A page may come before its rule.
        if (!AllAnalyzers.Has(id))
            return;
        Assert.Contains(wrong, text => text.Contains($" {id}: ", StringComparison.Ordinal));
        Assert.Empty(right);
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
