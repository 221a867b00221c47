using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Samples.Buggy;

namespace DriverKit.Samples.Tests.Buggy;

public class TwoWitnessesTests
{
    public static TheoryData<string> Ids => [.. BuggyDrivers.All.Select(driver => driver.Id)];

    public static TheoryData<string> CleanSamples =>
        [.. SampleSource.Names.Where(name => name != "Buggy" && SampleSource.Files(name).Any())];

    /// <summary>The lines that end in a comment with a rule's id.</summary>
    private static (string File, int Line, string Id)[] Marked =>
    [
        .. from file in SampleSource.Files("Buggy")
           from line in File.ReadAllLines(file).Select((text, index) => (Text: text, Number: index + 1))
           let mark = Regex.Match(line.Text, @"\S.*// (DK\d{4})$")
           where mark.Success
           orderby Path.GetFileName(file), line.Number
           select (Path.GetFileName(file), line.Number, mark.Groups[1].Value),
    ];

    [Fact]
    public void Every_driver_breaks_a_rule_of_the_running_kernel_at_its_marked_line()
    {
        Assert.Subset(KernelRule.All.Select(rule => rule.Id).ToHashSet(), BuggyDrivers.All.Select(driver => driver.Id).ToHashSet());
        Assert.Distinct(BuggyDrivers.All.Select(driver => driver.Id));
        IEnumerable<(string, string)> drivers = BuggyDrivers.All.Select(driver => (driver.File, driver.Id));
        Assert.Equal(drivers.Order(), Marked.Select(mark => (mark.File, mark.Id)).Order());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_running_kernel_stops_at_the_marked_line(string id)
    {
        BuggyDriver driver = BuggyDrivers.All.Single(driver => driver.Id == id);
        KernelOopsException? oops = BuggyDrivers.Run(driver);
        Assert.Equal(id, oops?.RuleId);
        Assert.Contains($"{driver.File}:{Marked.Single(mark => mark.Id == id).Line}", oops!.Report);
    }

    [Fact]
    public async Task The_compiler_reports_the_marked_lines_and_no_others()
    {
        IEnumerable<(string, int, string)> reported =
            from diagnostic in await SampleSource.LintAsync("Buggy")
            let place = diagnostic.Location.GetLineSpan()
            select (Path.GetFileName(place.Path), place.StartLinePosition.Line + 1, diagnostic.Id);
        Assert.Equal(Marked, reported.Order());
    }

    [Theory]
    [MemberData(nameof(CleanSamples))]
    public async Task The_other_samples_lint_clean(string sample)
    {
        Assert.NotEmpty(SampleSource.Analyzers);
        Assert.Empty((await SampleSource.LintAsync(sample)).Select(diagnostic => diagnostic.ToString()));
    }
}
