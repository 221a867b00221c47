using System.Collections.Concurrent;
using System.Text;
using DriverKit.Tests.Documentation;

namespace DriverKit.Tests.Exploration;

/// <summary>Planted races are found, their right twins are left alone, and docs/schedules.md says how many schedules each search took; UPDATE_DOCS=1 rewrites the table.</summary>
public sealed class RaceTableTests
{
    private const int Seeds = 20;
    private const int Most = 1000;
    private const string Start = "<!-- races -->\n";
    private const string End = "<!-- /races -->\n";

    private static readonly (string Name, Func<ulong, ScheduleSearch> Of, int Seeds)[] Searches =
    [
        ("random", seed => ScheduleSearch.Random(seed), Seeds),
        ("PCT, depth 3", seed => ScheduleSearch.Pct(seed), Seeds),
        ("delay-bounded, 2", seed => ScheduleSearch.DelayBounded(seed), Seeds),
        ("exhaustive, 2 preemptions", _ => ScheduleSearch.Exhaustive(), 1),
        ("round robin", _ => ScheduleSearch.RoundRobin(), 1),
    ];

    public static TheoryData<int> Races => [.. Enumerable.Range(0, Race.All.Count)];

    [Theory]
    [MemberData(nameof(Races))]
    public void The_twin_that_is_right_never_fails(int index)
    {
        Race race = Race.All[index];
        foreach ((_, Func<ulong, ScheduleSearch> search, _) in Searches)
            ScheduleExplorer.Check(race.Right, race.Options with { Search = search(1), Schedules = 200 });
    }

    [Fact]
    public void The_table_of_planted_races_is_up_to_date()
    {
        string path = Path.Combine(LinuxNamesTests.RepositoryRoot(), "docs", "schedules.md");
        string page = File.ReadAllText(path).ReplaceLineEndings("\n");
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        string expected = Table();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..start] + expected + page[end..]);
        else
            Assert.Equal(expected, page[start..end]);
    }

    private static string Table()
    {
        var text = new StringBuilder("| planted race | ").AppendJoin(" | ", Searches.Select(search => search.Name)).Append(" |\n|---|");
        foreach (var _ in Searches)
            text.Append("---:|");
        text.Append('\n');
        var cells = new ConcurrentDictionary<(int Race, int Search, int Seed), int>();
        var all = from race in Enumerable.Range(0, Race.All.Count)
                  from search in Enumerable.Range(0, Searches.Length)
                  from seed in Enumerable.Range(0, Searches[search].Seeds)
                  select (race, search, seed);
        Parallel.ForEach(all, at => cells[at] = Schedules(Race.All[at.race], Searches[at.search].Of((ulong)at.seed)));
        for (int race = 0; race < Race.All.Count; race++)
        {
            text.Append($"| {Race.All[race].Name} |");
            for (int search = 0; search < Searches.Length; search++)
                text.Append($" {Median([.. Enumerable.Range(0, Searches[search].Seeds).Select(seed => cells[(race, search, seed)])])} |");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static int Schedules(Race race, ScheduleSearch search)
    {
        ScheduleReport report = ScheduleExplorer.Explore(race.Wrong, race.Options with { Search = search, Schedules = Most });
        Assert.NotEqual(ScheduleFailureKind.Nondeterminism, report.Kind);
        return report.HasFailed ? report.Schedules : int.MaxValue;
    }

    private static string Median(int[] counts)
    {
        Array.Sort(counts);
        int median = counts[counts.Length / 2];
        return median == int.MaxValue ? "-" : median.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
