using System.Globalization;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>What each rule costs when it is the only one that is on. The rules share one engine, so most of that is the engine's: the cheapest rule shows how much, and
/// all rules together take much less than their sum.</summary>
internal static class RuleCosts
{
    public static async Task<Table> Measure(int lines, int rounds)
    {
        var code = Workbench.Compile(Mix.Driver, lines);
        var variants = Workbench.Rules.Select(rule => (rule.Id, Code: Workbench.With(code, rule)))
            .Prepend(("none", Workbench.With(code, null))).Prepend(("all", code)).ToList();
        var times = variants.ToDictionary(static variant => variant.Item1, static _ => new List<double>());
        var found = new Dictionary<string, int>();
        var compile = new List<double>();

        // The first round warms up; round after round all take turns, so that a slow minute of the machine hits them alike.
        for (int round = 0; round <= rounds; round++)
        {
            double compiled = Workbench.TimeToCompile(code);
            if (round > 0)
                compile.Add(compiled);
            foreach (var (name, variant) in variants)
            {
                var run = await Workbench.Analyze(variant.Clone()).ConfigureAwait(false);
                found[name] = run.Found.Length;
                if (round > 0)
                    times[name].Add(run.Milliseconds);
            }
        }

        double whole = Workbench.Median(compile);
        var table = new Table(
            $"Each rule alone, {lines:N0} lines, beside a compile of {whole:F0} ms",
            ["rule", "ms", "% of compile", "reports", "title"]);
        foreach (var (name, _) in variants)
        {
            double median = Workbench.Median(times[name]);
            string title = Workbench.Rules.FirstOrDefault(rule => rule.Id == name)?.Title.ToString(CultureInfo.InvariantCulture) ?? string.Empty;
            table.Add(name, $"{median:F1}", $"{100 * median / whole:F1}", $"{found[name]}", title);
        }

        return table;
    }
}
