using System.Globalization;
using DriverKit.Analyzers.Benchmarks;

// What the lint costs: in whole builds, as the compiler itself accounts for it, beside what the SDK's own analyzers cost in the same run; how that grows with the code; rule by
// rule; and for one edited file. With --gate the exit code is 1 when a limit is broken. --builds, --growth, --rules and --edit measure that part only; --heavy adds code of nothing but what the flow rules
// are about. --profile runs all rules over 10,000 lines a few times, for a profiler to look at. The tables also go to artifacts/lint-speed.md.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const double MaxOfSdk = 1.0, MaxOfCompile = 0.05, MaxGrowth = 1.5, MaxEdit = 100;
const int Small = 1_000, Medium = 10_000, Large = 100_000, RuleLines = 5_000, RuleRounds = 2, ProfiledRuns = 12;

if (args.Contains("--profile"))
{
    var code = Workbench.Compile(Mix.Driver, Medium);
    for (int run = 0; run < ProfiledRuns; run++)
    {
        long before = GC.GetTotalAllocatedBytes();
        var analyzed = await Workbench.Analyze(code.Clone());
        Console.WriteLine($"{analyzed.Milliseconds:F0} ms, {(GC.GetTotalAllocatedBytes() - before) >> 20} MiB allocated, {analyzed.Found.Length} reports");
    }

    return 0;
}

bool isWhole = !args.Any(static argument => argument is "--builds" or "--growth" or "--rules" or "--edit");
bool isKept = true;
var tables = new List<Table>();
Console.WriteLine($"{Environment.ProcessorCount} processors, load {Load()}");

if (isWhole || args.Contains("--builds"))
{
    var builds = new Table("Whole builds, seconds in the compiler", ["code", "lines", "compile", "DriverKit", "% of compile", "SDK", "of SDK"]);
    Build(builds, "driver", Mix.Driver, Small);
    Build(builds, "driver", Mix.Driver, Medium);
    var large = Build(builds, "driver", Mix.Driver, Large);
    var unrelated = Build(builds, "never calls DriverKit", Mix.Unrelated, Large);
    if (args.Contains("--heavy"))
        Build(builds, "nothing but hot code", Mix.Heavy, Large);
    Show(builds);
    isKept &= Check("driver code, of the SDK's analyzers", large.Ours / large.Sdk, MaxOfSdk);
    isKept &= Check("code that never calls DriverKit, of the compile", unrelated.Ours / unrelated.Compile, MaxOfCompile);
}

if (isWhole || args.Contains("--growth"))
{
    var (table, growth) = await Growth.Measure([Small, Medium, 30_000, Large]);
    Show(table);
    isKept &= Check("time per line of 100,000 lines, against 10,000", growth, MaxGrowth);
}

if (isWhole || args.Contains("--rules"))
    Show(await RuleCosts.Measure(RuleLines, RuleRounds));

if (isWhole || args.Contains("--edit"))
{
    var (table, worst) = await EditCosts.Measure(Large);
    Show(table);
    isKept &= Check("one edited file of 100,000 lines, milliseconds", worst, MaxEdit);
}

Console.WriteLine($"load {Load()}");
string report = AnalyzerBuild.ReportFile("lint-speed.md");
File.WriteAllText(report, $"# The speed of the lint\n\n{string.Concat(tables.Select(static table => table.ToMarkdown()))}");
return isKept || !args.Contains("--gate") ? 0 : 1;

static Figures Build(Table table, string what, Mix mix, int lines)
{
    var figures = AnalyzerBuild.Measure(mix, lines);
    table.Add(
        what, $"{figures.Lines}", $"{figures.Compile:F2}", $"{figures.Ours:F3}", $"{100 * figures.Ours / figures.Compile:F1}", $"{figures.Sdk:F3}", $"{figures.Ours / figures.Sdk:F2}");
    return figures;
}

void Show(Table table)
{
    tables.Add(table);
    table.Print();
}

static bool Check(string what, double figure, double limit)
{
    Console.WriteLine($"{(figure <= limit ? "ok    " : "BROKEN")}  {what}: {figure:F3} (limit {limit:F2})");
    return figure <= limit;
}

static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
