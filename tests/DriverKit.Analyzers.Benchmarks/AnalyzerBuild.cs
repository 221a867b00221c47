using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DriverKit.Primitives;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>What one build of generated code took.</summary>
/// <param name="Lines">Lines of code.</param>
/// <param name="Ours">Seconds in DriverKit's analyzers, summed over threads.</param>
/// <param name="Sdk">Seconds in the SDK's own, in the same run.</param>
/// <param name="Compile">Seconds the compiler takes for the code without any analyzer.</param>
internal sealed record Figures(int Lines, double Ours, double Sdk, double Compile);

/// <summary>Builds generated code the way a user does, and reads the compiler's own account of its analyzers.</summary>
internal static partial class AnalyzerBuild
{
    /// <summary>Builds of little code are repeated: a cold start is most of them, and that varies.</summary>
    private const int RepeatsOfLittle = 3, Little = 20_000;

    public static Figures Measure(Mix mix, int lines)
    {
        string folder = Directory.CreateTempSubdirectory("driverkit-lint-").FullName;
        try
        {
            int written = DriverCode.Write(folder, mix, lines);
            WriteProject(folder);
            Run(folder, "restore");
            double compile = SecondsIn(CompilerTask(), Build(folder, "-p:RunAnalyzers=false")) / 1000;
            string[] logs = [.. Enumerable.Range(0, lines < Little ? RepeatsOfLittle : 1).Select(_ => Build(folder, "-p:ReportAnalyzer=true"))];
            return new(
                written,
                Workbench.Median(logs.Select(static log => SecondsIn(OursLine(), log))),
                Workbench.Median(logs.Select(static log => SecondsIn(SdkLine(), log))),
                compile);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Builds from scratch; the detailed log. Not with the build server, so that every build starts equally cold.</summary>
    private static string Build(string folder, string property)
    {
        string log = Path.Combine(folder, "build.log");
        Run(folder, $"build --no-restore --no-incremental -p:UseSharedCompilation=false {property} -noconlog -flp:Verbosity=detailed;PerformanceSummary;LogFile={log}");
        return File.ReadAllText(log);
    }

    private static void Run(string folder, string command)
    {
        var start = new ProcessStartInfo("dotnet", command) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"dotnet {command}: {output}\n{Errors(folder)}");
    }

    private static string Errors(string folder) => Path.Combine(folder, "build.log") is var log && File.Exists(log)
        ? string.Join('\n', File.ReadLines(log).Where(static line => line.Contains(": error ", StringComparison.Ordinal)).Distinct().Take(10))
        : string.Empty;

    /// <summary>The sum of the line's first number over all its matches: one assembly may be listed per language.</summary>
    private static double SecondsIn(Regex line, string log)
    {
        var matches = line.Matches(log);
        return matches.Count == 0
            ? throw new InvalidOperationException($"the build log has no line like {line}")
            : matches.Sum(static match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static void WriteProject(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "Drivers.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <LangVersion>13.0</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AnalysisLevel>latest-recommended</AnalysisLevel>
                <DriverKitImplicitUsings>enable</DriverKitImplicitUsings>
              </PropertyGroup>
              <Import Project="{Source("src/DriverKit/build/DriverKit.props")}" />
              <ItemGroup>
                <Reference Include="{typeof(KernelResult).Assembly.Location}" />
                <Analyzer Include="{Path.Combine(AppContext.BaseDirectory, "DriverKit.Analyzers.dll")}" />
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Where a report goes: the repository's artifacts folder.</summary>
    public static string ReportFile(string name)
    {
        string folder = Path.Combine(Path.GetDirectoryName(Source("DriverKit.sln"))!, "artifacts");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }

    /// <summary>A file of this repository.</summary>
    private static string Source(string path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, path)))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new FileNotFoundException(path), path);
    }

    [GeneratedRegex(@"^\s*<?([\d.]+)\s+<?\d+\s+DriverKit\.Analyzers, ", RegexOptions.Multiline)]
    private static partial Regex OursLine();

    [GeneratedRegex(@"^\s*<?([\d.]+)\s+<?\d+\s+Microsoft\.CodeAnalysis\.(?:CSharp\.)?NetAnalyzers, ", RegexOptions.Multiline)]
    private static partial Regex SdkLine();

    [GeneratedRegex(@"^\s*(\d+) ms\s+Csc\s+\d+ calls", RegexOptions.Multiline)]
    private static partial Regex CompilerTask();
}
