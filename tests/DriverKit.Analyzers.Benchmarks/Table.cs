namespace DriverKit.Analyzers.Benchmarks;

/// <summary>A table for the console and, as markdown, for a file.</summary>
internal sealed class Table(string title, string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print()
    {
        int[] widths = [.. columns.Select((column, i) => _rows.Select(row => row[i].Length).Append(column.Length).Max())];
        Console.WriteLine();
        Console.WriteLine(title);
        foreach (string[] row in _rows.Prepend(columns))
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => IsText(cell) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    public string ToMarkdown() => $"## {title}\n\n{Line(columns)}{Line([.. columns.Select(static _ => "---")])}{string.Concat(_rows.Select(Line))}\n";

    private static bool IsText(string cell) => cell.Length > 0 && !char.IsDigit(cell[0]);

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
}
