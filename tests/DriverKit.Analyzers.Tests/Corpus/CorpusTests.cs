using System.Text;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>The labelled corpus: every rule finds the bugs that are marked and nothing else, in its own cases and in those of all others.
/// <c>DRIVERKIT_CORPUS=DK4,DK5001 dotnet test tests/DriverKit.Analyzers.Tests --filter Corpus</c> looks at these files only.</summary>
public sealed class CorpusTests
{
    private const int MinCases = 6;

    public static TheoryData<string> Files => [.. CorpusFile.All.Select(static file => file.Id)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Cases_Compile(string id)
    {
        var file = Named(id);
        var faults = file.Faults.Select(fault => $"{id}.cs, {fault}").Concat(await CorpusRun.ErrorsAsync(file)).ToList();
        if (faults.Count > 0)
            Assert.Fail(string.Join(Environment.NewLine, faults));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Cases_ReportWhatIsMarked(string id)
    {
        // The corpus may come before its rule: then its cases are there to be compiled.
        if (!AllAnalyzers.Has(id))
            return;
        var failing = (await CorpusRun.AnalyzeAsync(Named(id))).Where(static result => result.Fails).ToList();
        if (failing.Count == 0)
            return;
        var text = new StringBuilder().Append(failing.Count).Append(" cases fail:");
        foreach (var result in failing)
            result.Describe(text);
        Assert.Fail(text.ToString());
    }

    [Fact]
    public void Rules_HaveCases() => Assert.All(AllAnalyzers.Rules.Select(static rule => rule.Id).Where(CorpusFile.IsSelected), static id => Assert.Null(Lacks(id)));

    private static string? Lacks(string id)
    {
        var cases = CorpusFile.All.FirstOrDefault(file => file.Id == id)?.Cases;
        if (cases is null)
            return $"There is no Corpus/{id}.cs.";
        int buggy = cases.Count(static one => one.IsBuggy);
        return Math.Min(buggy, cases.Count - buggy) < MinCases ? $"{id} has {buggy} buggy and {cases.Count - buggy} correct cases; it takes {MinCases} of each." : null;
    }

    private static CorpusFile Named(string id) => CorpusFile.All.Single(file => file.Id == id);
}
