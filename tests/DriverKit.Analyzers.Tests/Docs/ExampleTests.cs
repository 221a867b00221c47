using DriverKit.Analyzers.Rules;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>The examples of the rule pages compile; the wrong one is flagged, the right one is not.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("DK1002")]
    [InlineData("DK2001")]
    [InlineData("DK2002")]
    public async Task WrongTriggers_RightDoesNotTrigger(string id)
    {
        string page = File.ReadAllText(Path.Combine(TestSources.Root(), "..", "..", "docs", "rules", $"{id}.md"));
        Assert.Contains(id, await IdsAsync(CodeAfter(page, "## Wrong")));
        Assert.Empty(await IdsAsync(CodeAfter(page, "## Right")));
    }

    private static string CodeAfter(string page, string heading)
    {
        const string Fence = "```csharp\n";
        int start = page.IndexOf(Fence, page.IndexOf(heading, StringComparison.Ordinal), StringComparison.Ordinal) + Fence.Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static async Task<IEnumerable<string>> IdsAsync(string members)
    {
        var compilation = TestCompilation.Create($"#nullable enable\nusing static DriverKit.Headers.LinuxMm;\nclass Driver\n{{\n{members}\n}}");
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return (await DiagnosticMatcher.RunAsync(compilation, new FlowRules())).Select(static diagnostic => diagnostic.Id);
    }
}
