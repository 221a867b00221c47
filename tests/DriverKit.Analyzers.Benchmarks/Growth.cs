namespace DriverKit.Analyzers.Benchmarks;

/// <summary>How the analyzers' time grows with the code, beside the compiler's. After a warm-up in this process: a cold start would hide it.</summary>
internal static class Growth
{
    /// <summary>Rounds over all sizes, the first not counted: by then the host has compiled the analyzers as well as it does.</summary>
    private const int Rounds = 4;

    /// <summary>The table, and the time per line of the most code over that of the second least.</summary>
    public static async Task<(Table Table, double Growth)> Measure(int[] sizes)
    {
        var codes = sizes.Select(static lines => Workbench.Compile(Mix.Driver, lines)).ToList();
        double[] compile = [.. sizes.Select(static _ => double.MaxValue)], ours = [.. compile];
        for (int round = 0; round < Rounds; round++)
        {
            for (int size = 0; size < sizes.Length; size++)
            {
                double whole = Workbench.TimeToCompile(codes[size]);
                double part = (await Workbench.Analyze(codes[size].Clone()).ConfigureAwait(false)).Milliseconds;
                if (round == 0)
                    continue;
                compile[size] = Math.Min(compile[size], whole);
                ours[size] = Math.Min(ours[size], part);
            }
        }

        var table = new Table("Growth, ms after a warm-up, the best of three", ["lines", "compile", "DriverKit", "% of compile", "DriverKit per 1,000 lines"]);
        for (int size = 0; size < sizes.Length; size++)
            table.Add($"{sizes[size]}", $"{compile[size]:F0}", $"{ours[size]:F0}", $"{100 * ours[size] / compile[size]:F1}", $"{1000 * ours[size] / sizes[size]:F1}");
        return (table, ours[^1] / sizes[^1] / (ours[1] / sizes[1]));
    }
}
