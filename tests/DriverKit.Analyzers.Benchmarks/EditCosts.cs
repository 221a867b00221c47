using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>What analysing one edited file costs in a big solution, as in an editor: the solution has been analysed once, then somebody types.</summary>
internal static class EditCosts
{
    private const int EditsPerFile = 9;

    /// <summary>The table, and the worst of the files' medians in milliseconds.</summary>
    public static async Task<(Table Table, double Worst)> Measure(int lines)
    {
        var code = Workbench.Compile(Mix.Driver, lines);
        await Workbench.Analyze(code).ConfigureAwait(false);
        var table = new Table($"One edited file of {lines:N0} lines, ms of analyzer time", ["file", "lines", "median", "first", "most"]);
        double worst = 0;
        foreach (string name in new[] { "Module7.cs", "ScullpN0Pages.cs", "RingN0Interrupts.cs", "ByteRingN0.cs", "HighmemN0Cache.cs" })
        {
            var tree = Newest(code, name);
            var times = new List<double>();
            for (int edit = 0; edit < EditsPerFile; edit++)
            {
                var edited = Workbench.Parse(Edit(tree, edit), tree.FilePath);
                code = code.ReplaceSyntaxTree(tree, edited);
                tree = edited;
                times.Add((await Workbench.Analyze(code, tree).ConfigureAwait(false)).Milliseconds);
            }

            double median = Workbench.Median(times);
            worst = Math.Max(worst, median);
            table.Add(tree.FilePath, $"{tree.GetText().Lines.Count}", $"{median:F1}", $"{times[0]:F1}", $"{times.Max():F1}");
        }

        return (table, worst);
    }

    /// <summary>A file in the middle of the solution.</summary>
    private static SyntaxTree Newest(CSharpCompilation code, string name)
    {
        string[] parts = name.Split("N0");
        var trees = code.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(parts[0], StringComparison.Ordinal) && tree.FilePath.EndsWith(parts[^1], StringComparison.Ordinal)).ToList();
        return trees[trees.Count / 2];
    }

    /// <summary>A statement or a member more, as if typed.</summary>
    private static string Edit(SyntaxTree tree, int number)
    {
        string text = tree.ToString();
        int at = number % 2 == 0
            ? text.LastIndexOf("\n    }", StringComparison.Ordinal)
            : text.LastIndexOf("\n}", StringComparison.Ordinal);
        string added = number % 2 == 0
            ? $"\n        Printk(LogLevel.Debug, \"edit {number}\");"
            : $"\n    private static ulong Edited{number}(KernelLogicalAddress at) => Load<ulong>(at + {number}) + VirtToPhys(at).Value;\n";
        return text.Insert(at, added);
    }
}
