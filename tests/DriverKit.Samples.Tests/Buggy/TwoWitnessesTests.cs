using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Samples.Buggy;

namespace DriverKit.Samples.Tests.Buggy;

public class TwoWitnessesTests
{
    public static TheoryData<string> Ids => [.. BuggyDrivers.All.Select(driver => driver.Id)];

    public static TheoryData<string> CleanSamples =>
        [.. SampleSource.Names.Where(name => !IsBuggy(name) && SampleSource.Files(name).Any())];

    private static bool IsBuggy(string sample) => sample.StartsWith("Buggy", StringComparison.Ordinal);

    /// <summary>The lines that end in a comment with a rule's id.</summary>
    private static (string File, int Line, string Id)[] Marked =>
    [
        .. from sample in SampleSource.Names.Where(IsBuggy)
           from file in SampleSource.Files(sample)
           from line in File.ReadAllLines(file).Select((text, index) => (Text: text, Number: index + 1))
           let mark = Regex.Match(line.Text, @"\S.*// (DK\d{4})$")
           where mark.Success
           orderby Path.GetFileName(file), line.Number
           select (Path.GetFileName(file), line.Number, mark.Groups[1].Value),
    ];

    private static IEnumerable<string> LintIds => SampleSource.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).Distinct();

    [Fact]
    public void Every_rule_has_a_bug_here() =>
        Assert.Equal(LintIds.Union(KernelRule.All.Select(rule => rule.Id)).Order(), Marked.Select(mark => mark.Id).Order());

    [Fact]
    public void Every_rule_of_the_running_kernel_has_its_run() =>
        Assert.Equal(KernelRule.All.Select(rule => rule.Id), BuggyDrivers.All.Select(driver => driver.Id));

    [Fact]
    public void What_shows_at_run_time_only_no_analyzer_has() =>
        Assert.Equal(BuggyDrivers.All.Select(driver => driver.Id).Except(LintIds), BuggyDrivers.All.Where(driver => driver.Shows == Shows.AtRunTimeOnly).Select(driver => driver.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_running_kernel_finds_the_bug(string id)
    {
        BuggyDriver driver = BuggyDrivers.All.Single(driver => driver.Id == id);
        KernelFinding? finding = BuggyDrivers.Run(driver);
        Assert.Equal(id, finding?.RuleId);
        (string file, int line, _) = Marked.Single(mark => mark.Id == id);
        Assert.Equal(driver.Shows != Shows.Later, Regex.IsMatch(finding!.Report, $@"[/\\]{Regex.Escape(file)}:{line}\b"));
    }

    [Fact]
    public async Task The_compiler_reports_the_marked_lines_and_no_others()
    {
        Diagnostic[][] found = await Task.WhenAll(SampleSource.Names.Where(IsBuggy).Select(async sample => (await SampleSource.LintAsync(sample)).ToArray()));
        IEnumerable<(string, int, string)> reported =
            from diagnostic in found.SelectMany(sample => sample)
            let place = diagnostic.Location.GetLineSpan()
            select (Path.GetFileName(place.Path), place.StartLinePosition.Line + 1, diagnostic.Id);
        Assert.Equal(Marked.Where(mark => LintIds.Contains(mark.Id)), reported.Order());
    }

    [Theory]
    [MemberData(nameof(CleanSamples))]
    public async Task The_other_samples_lint_clean(string sample)
    {
        Assert.NotEmpty(SampleSource.Analyzers);
        Assert.Empty((await SampleSource.LintAsync(sample)).Select(diagnostic => diagnostic.ToString()));
    }
}
