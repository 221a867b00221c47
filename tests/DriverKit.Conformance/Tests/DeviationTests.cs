using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DriverKit.Conformance.Tests;

/// <summary>The list of deviations and the generator's avoidances are about the same things.</summary>
public sealed partial class DeviationTests
{
    [Fact]
    public void Every_step_the_generator_leaves_out_has_an_entry_in_the_documentation()
    {
        string[] named = [.. Name().Matches(Source("../Programs/Deviations.cs")).Select(match => match.Groups[1].Value).Distinct()];
        string[] headings = [.. Heading().Matches(Source("../../../docs/deviations.md")).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(headings));
    }

    private static string Source(string path, [CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, path));

    [GeneratedRegex("=> \"(.+)\",")]
    private static partial Regex Name();

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
