using DriverKit.Analyzers.Tests.Engine;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>Files that are made from the code: the tests compare them, and <c>UPDATE_DOCS=1 dotnet test tests/DriverKit.Analyzers.Tests</c> rewrites them.</summary>
internal static class GeneratedFile
{
    /// <summary>Compares a file, named from the repository's folder, with what it should be.</summary>
    public static void Check(string name, string expected)
    {
        string path = Path.Combine(TestSources.Repository, name);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        if (File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected)
            return;
        string right = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(name));
        File.WriteAllText(right, expected);
        Assert.Fail($"{name} is out of date. Run the tests with UPDATE_DOCS=1, or copy {right}.");
    }

    /// <summary>Compares the part of a file between two lines, both left as they are, with what it should be.</summary>
    public static void CheckPart(string name, string firstLine, string lastLine, string expected)
    {
        string text = File.ReadAllText(Path.Combine(TestSources.Repository, name)).ReplaceLineEndings("\n");
        int start = text.IndexOf($"{firstLine}\n", StringComparison.Ordinal) + firstLine.Length + 1;
        int end = text.IndexOf($"{lastLine}\n", StringComparison.Ordinal);
        Assert.True(start > firstLine.Length && end >= start, $"{name} has no part between '{firstLine}' and '{lastLine}'.");
        Check(name, text[..start] + expected + text[end..]);
    }
}
