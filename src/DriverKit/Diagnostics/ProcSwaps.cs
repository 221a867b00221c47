using System.Text;
using DriverKit.Memory.Cache;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/swaps.</summary>
/// <remarks>Source: <c>swap_show</c>, mm/swapfile.c of Linux 6.18; proc_swaps(5).</remarks>
internal static class ProcSwaps
{
    private const int NameColumns = 40;
    private const ulong WideNumber = 10_000_000;

    /// <summary>A header, and a line a disk: name, kind, size and use in KiB, priority.</summary>
    public static string Format(SwapSpace swap)
    {
        var text = new StringBuilder("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        foreach (SwapArea area in swap.Areas)
        {
            string name = Escape(area.Device.Name);
            text.Append($"{name}{new string(' ', name.Length < NameColumns ? NameColumns - name.Length : 1)}partition\t{KiB(area.Pages)}\t{KiB(area.InUse)}\t{area.Priority}\n");
        }

        return text.ToString();
    }

    private static string KiB(ulong pages)
    {
        ulong size = pages << (PageGeometry.PageShift - 10);
        return size < WideNumber ? $"{size}\t" : $"{size}";
    }

    /// <summary><c>mangle_path</c>: blanks and backslashes as octal numbers, so that a line splits at blanks.</summary>
    private static string Escape(string name) => string.Concat(name.Select(c => c is ' ' or '\t' or '\n' or '\\' ? "\\" + Convert.ToString(c, 8).PadLeft(3, '0') : c.ToString()));
}
