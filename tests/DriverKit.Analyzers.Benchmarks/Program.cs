using DriverKit.Analyzers.Benchmarks;

// What the lint costs, as the compiler itself accounts for it, beside what the SDK's own analyzers cost in the same run.
// With --gate the exit code is 1 when a limit is broken; --heavy adds code of nothing but what the flow rules are about.
const double MaxOfSdk = 1.0, MaxOfCompile = 0.05, MaxGrowth = 2.0;

var small = Show("driver", AnalyzerBuild.Measure(Mix.Driver, 1_000, withCompile: false));
var medium = Show("driver", AnalyzerBuild.Measure(Mix.Driver, 10_000, withCompile: false));
var large = Show("driver", AnalyzerBuild.Measure(Mix.Driver, 100_000, withCompile: false));
var unrelated = Show("never calls DriverKit", AnalyzerBuild.Measure(Mix.Unrelated, 100_000, withCompile: true));
if (args.Contains("--heavy"))
    Show("nothing but hot code", AnalyzerBuild.Measure(Mix.Heavy, 100_000, withCompile: false));

// A cold start is in every run; what ninety thousand lines more take, per line, is compared with what nine thousand more take.
double growth = PerLine(medium, large) / PerLine(small, medium);
bool isKept = Check("driver code, of the SDK's analyzers", large.Ours / large.Sdk, MaxOfSdk)
    & Check("code that never calls DriverKit, of the compile", unrelated.Ours / unrelated.Compile, MaxOfCompile)
    & Check("growth per line, 10,000 to 100,000 against 1,000 to 10,000", growth, MaxGrowth);
return isKept || !args.Contains("--gate") ? 0 : 1;

static Figures Show(string what, Figures figures)
{
    string compile = figures.Compile > 0 ? $"  compile {figures.Compile,6:F2} s" : string.Empty;
    Console.WriteLine($"{figures.Lines,7} lines, {what,-22} DriverKit {figures.Ours,6:F3} s  SDK {figures.Sdk,6:F3} s{compile}");
    return figures;
}

static double PerLine(Figures less, Figures more) => Math.Max(0, more.Ours - less.Ours) / (more.Lines - less.Lines);

static bool Check(string what, double ratio, double limit)
{
    Console.WriteLine($"{(ratio <= limit ? "ok    " : "BROKEN")}  {what}: {ratio:F3} (limit {limit:F2})");
    return ratio <= limit;
}
