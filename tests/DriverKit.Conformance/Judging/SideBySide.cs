using System.Text;

namespace DriverKit.Conformance.Judging;

/// <summary>Two texts in two columns, with a mark at the lines that differ.</summary>
internal static class SideBySide
{
    public static string Format(string leftTitle, string left, string rightTitle, string right, bool onlyDifferent = false)
    {
        string[] leftLines = left.Split('\n'), rightLines = right.Split('\n');
        int width = Math.Max(leftTitle.Length, leftLines.Max(line => line.Length)) + 2;
        var text = new StringBuilder().Append("    ").Append(leftTitle.PadRight(width)).AppendLine(rightTitle);
        for (int i = 0; i < Math.Max(leftLines.Length, rightLines.Length); i++)
        {
            string one = leftLines.ElementAtOrDefault(i) ?? "", other = rightLines.ElementAtOrDefault(i) ?? "";
            if (one == other && onlyDifferent)
                continue;
            text.Append(one == other ? "    " : "  ≠ ").Append(one.PadRight(width)).AppendLine(other);
        }

        return text.ToString();
    }
}
