using System.Reflection;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>The driver sources that the rule tests are made of, read back out of their files.</summary>
internal static class TestSources
{
    /// <summary>The repository's folder.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Root(), "..", ".."));

    public static IEnumerable<string> All()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "Rules"), "*Tests.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var parts = File.ReadAllText(file).Split("\"\"\"");
            for (int i = 1; i < parts.Length; i += 2)
            {
                string plain = Markup.Parse(parts[i]).Source;
                yield return plain.Contains("class Driver", StringComparison.Ordinal) ? plain : $"class Driver\n{{{plain}\n}}";
            }
        }
    }

    /// <summary>The test project's folder.</summary>
    public static string Root([CallerFilePath] string file = "") => Path.GetDirectoryName(Path.GetDirectoryName(file))!;
}
