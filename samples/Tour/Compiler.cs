// Runs `dotnet build` on samples/Buggy, as anyone would, and reads the warnings it prints.
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Samples.Tour;

/// <summary>A DK warning as the compiler printed it.</summary>
internal sealed record CompilerWarning(string Id, string FullPath, int Line, string Text)
{
    public string File => Path.GetFileName(FullPath);
}

internal static class Compiler
{
    // FILE(LINE,COLUMN): warning ID: message (its page) [project]
    private static readonly Regex Warning = new(
        @"^\s*(?<text>(?<file>[^(\n]+)\((?<line>\d+),\d+\): warning (?<id>DK\d{4}): .*) \[[^\]]*\]\r?$",
        RegexOptions.Multiline);

    private static readonly string Project = Metadata("BuggyProject"), Folder = Path.GetDirectoryName(Project)!;
    private static readonly string Root = Path.GetFullPath("../..", Folder) + Path.DirectorySeparatorChar;

    /// <summary>Rebuilds the project alone: what it references has just been built, for this program refers to it too.</summary>
    public static IReadOnlyList<CompilerWarning> Build()
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [
            "build", Project, "--configuration", Metadata("Configuration"), "--no-restore", "--no-dependencies", "--no-incremental",
            "--nologo", "--verbosity", "quiet", "--tl:off", "-clp:NoSummary", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process build = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"The build of samples/Buggy failed:\n{output}");
        return [.. Warning.Matches(output).Select(Read).Distinct().OrderBy(warning => warning.Id, StringComparer.Ordinal)];
    }

    public static string SourceLine(CompilerWarning warning) =>
        File.ReadLines(warning.FullPath).ElementAt(warning.Line - 1).Trim();

    public static string WithoutRoot(string text) => text.Replace(Root, "", StringComparison.Ordinal);

    private static CompilerWarning Read(Match match) => new(
        match.Groups["id"].Value,
        Path.GetFullPath(match.Groups["file"].Value, Folder),
        int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture),
        WithoutRoot(match.Groups["text"].Value));

    private static string Metadata(string key) =>
        typeof(Compiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == key).Value!;
}
