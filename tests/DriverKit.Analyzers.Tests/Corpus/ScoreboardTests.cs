using System.Globalization;
using System.Text;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using Xunit.Abstractions;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>Precision and recall of every rule over the whole corpus, known misses counted. The table is also written to artifacts/scoreboard.md.</summary>
public sealed class ScoreboardTests(ITestOutputHelper output)
{
    private const double MinPrecision = 0.99;
    private const double MinRecall = 0.95;

    [Fact]
    public async Task Scoreboard()
    {
        var scores = AllAnalyzers.Rules.Select(static rule => rule.Id).Where(CorpusFile.IsSelected).ToDictionary(static id => id, static _ => new Score());
        foreach (var file in CorpusFile.All.Where(static file => AllAnalyzers.Has(file.Id)))
        {
            foreach (var result in await CorpusRun.AnalyzeAsync(file))
                Count(result, scores);
        }

        var all = Score.Sum(scores.Values);
        string table = Table(scores, all);
        output.WriteLine(table);
        string folder = Directory.CreateDirectory(Path.Combine(TestSources.Repository, "artifacts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "scoreboard.md"), table);
        var low = scores.Where(static one => one.Value.IsLow).Select(static one => one.Key).ToList();
        if (CorpusFile.Selection.Count == 0 && all.Recall < MinRecall)
            low.Add("all");
        Assert.True(low.Count == 0, $"Precision below {MinPrecision:P0} or recall below {MinRecall:P0}: {string.Join(", ", low)}{Environment.NewLine}{table}");
    }

    private static void Count(CaseResult result, Dictionary<string, Score> scores)
    {
        foreach (var diagnostic in result.Found)
        {
            if (scores.TryGetValue(diagnostic.Id, out var score))
                score.Found++;
        }

        foreach (var diagnostic in result.Unexpected)
        {
            if (scores.TryGetValue(diagnostic.Id, out var score))
                score.FalseAlarms++;
        }

        foreach (var (_, id) in result.Missed)
        {
            if (!scores.TryGetValue(id, out var score))
                continue;
            if (result.Case.KnownMiss is null)
                score.Missed++;
            else
                score.KnownMisses++;
        }
    }

    private static string Table(Dictionary<string, Score> scores, Score all)
    {
        var text = new StringBuilder();
        text.AppendLine("| rule | buggy | correct | found | false alarms | missed | known misses | precision | recall |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (id, score) in scores.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            var cases = CorpusFile.All.FirstOrDefault(file => file.Id == id)?.Cases ?? [];
            text.AppendLine(Row(id, cases.Count(static one => one.IsBuggy), cases.Count(static one => !one.IsBuggy), score));
        }

        var files = CorpusFile.All.Where(static file => AllAnalyzers.Has(file.Id)).SelectMany(static file => file.Cases).ToList();
        text.AppendLine(Row("all", files.Count(static one => one.IsBuggy), files.Count(static one => !one.IsBuggy), all));
        return text.ToString();
    }

    private static string Row(string name, int buggy, int correct, Score score) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {buggy} | {correct} | {score.Found} | {score.FalseAlarms} | {score.Missed} | {score.KnownMisses} | {score.Precision:0.0 %} | {score.Recall:0.0 %} |");

    private sealed class Score
    {
        public int Found { get; set; }

        public int FalseAlarms { get; set; }

        public int Missed { get; set; }

        public int KnownMisses { get; set; }

        public double Precision => Found + FalseAlarms == 0 ? 1 : (double)Found / (Found + FalseAlarms);

        public double Recall => Found + Missed + KnownMisses == 0 ? 1 : (double)Found / (Found + Missed + KnownMisses);

        public bool IsLow => Precision < MinPrecision || Recall < MinRecall;

        public static Score Sum(IReadOnlyCollection<Score> scores) => new()
        {
            Found = scores.Sum(static score => score.Found),
            FalseAlarms = scores.Sum(static score => score.FalseAlarms),
            Missed = scores.Sum(static score => score.Missed),
            KnownMisses = scores.Sum(static score => score.KnownMisses),
        };
    }
}
