using System.Text.RegularExpressions;
using DriverKit.Analyzers.Tests.Engine;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>The labelled cases of one rule, read from <c>Corpus/DK####.cs</c>: a title line <c>// DK#### Title</c>, then cases, each headed by
/// <c>//// buggy name</c> or <c>//// correct name</c>, with <c> known-miss: reason</c> after it where the rule does not find the bug. A line
/// with a bug ends in <c>// DK####</c>.</summary>
internal sealed partial class CorpusFile
{
    private CorpusFile(string path, IReadOnlyList<CorpusCase> cases, IReadOnlyList<string> faults)
    {
        Path = path;
        Id = IdOf(path);
        Cases = cases;
        Faults = faults;
    }

    /// <summary>Which files the tests look at: <c>DRIVERKIT_CORPUS</c> has the beginnings of their names, with commas between.</summary>
    public static IReadOnlyList<string> Selection { get; } =
        (Environment.GetEnvironmentVariable("DRIVERKIT_CORPUS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The selected files, in the order of their names.</summary>
    public static IReadOnlyList<CorpusFile> All { get; } =
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(TestSources.Root(), "Corpus"), "DK*.cs")
            .Where(static path => IsSelected(IdOf(path)))
            .Order(StringComparer.Ordinal)
            .Select(static path => Parse(path, File.ReadAllLines(path)))];

    public string Path { get; }

    public string Id { get; }

    public IReadOnlyList<CorpusCase> Cases { get; }

    /// <summary>Where the file does not keep to the format.</summary>
    public IReadOnlyList<string> Faults { get; }

    public static bool IsSelected(string id) => Selection.Count == 0 || Selection.Any(prefix => id.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Takes a file apart.</summary>
    public static CorpusFile Parse(string path, IReadOnlyList<string> lines)
    {
        string id = IdOf(path);
        var cases = new List<CorpusCase>();
        var faults = new List<string>();
        if (lines.Count == 0 || !lines[0].StartsWith($"// {id} ", StringComparison.Ordinal))
            faults.Add($"line 1: the first line is '// {id} Title'");
        int i = Math.Min(1, lines.Count);
        for (; i < lines.Count && !IsHeading(lines[i]); i++)
        {
            if (lines[i].Length > 0 && !IsComment(lines[i]))
                faults.Add($"line {i + 1}: code before the first case");
        }

        while (i < lines.Count)
        {
            int start = i++;
            while (i < lines.Count && !IsHeading(lines[i]))
                i++;
            var heading = Heading().Match(lines[start]);
            if (!heading.Success)
                faults.Add($"line {start + 1}: a case begins '//// buggy name' or '//// correct name', and may go on ' known-miss: reason'");
            else
                cases.Add(Case(id, heading, start, [.. lines.Take(i).Skip(start + 1)], faults));
        }

        faults.AddRange(cases.GroupBy(static one => (one.IsBuggy, one.Name)).Where(static group => group.Count() > 1)
            .Select(static group => $"line {group.Last().Line}: {group.Key.Name} is there twice"));
        return new(path, cases, faults);
    }

    private static CorpusCase Case(string id, Match heading, int start, string[] lines, List<string> faults)
    {
        var expected = new List<(int, string)>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (!IsComment(lines[i]) && Marker().Match(lines[i]) is { Success: true } marker)
                expected.AddRange(marker.Groups["id"].Captures.Select(capture => (start + 2 + i, capture.Value)));
        }

        bool buggy = heading.Groups["kind"].Value == "buggy";
        string? miss = heading.Groups["miss"] is { Success: true } group ? group.Value : null;
        string name = heading.Groups["name"].Value;
        if (buggy != expected.Any(marked => marked.Item2 == id) || (!buggy && expected.Count > 0))
            faults.Add($"line {start + 1}: {name} is {(buggy ? $"buggy, and no line is marked // {id}" : "correct, and a line is marked")}");
        if (!buggy && miss is not null)
            faults.Add($"line {start + 1}: {name} is correct, so nothing is missed");
        return new(id, name, buggy, miss, start + 1, new string('\n', start + 1) + string.Join('\n', lines) + "\n", expected);
    }

    private static string IdOf(string path) => System.IO.Path.GetFileNameWithoutExtension(path);

    private static bool IsHeading(string line) => line.StartsWith("////", StringComparison.Ordinal);

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex(@"^//// (?<kind>buggy|correct) (?<name>\w+)( known-miss: (?<miss>\S.*))?$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"//\s*(?<id>DK\d{4})(\s*,\s*(?<id>DK\d{4}))*\s*(:.*)?$")]
    private static partial Regex Marker();
}
