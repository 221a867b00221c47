using System.Globalization;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Diagnostics;

/// <summary>A number in /proc/sys (<c>proc_dointvec_minmax</c>, kernel/sysctl.c).</summary>
internal static class Sysctl
{
    /// <summary>A file that holds one number.</summary>
    /// <param name="fileSystems">Where it will be.</param>
    /// <param name="get">Reads it; null: it is for writing only.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="lowest">Less is EINVAL.</param>
    /// <param name="highest">More is EINVAL.</param>
    public static TextDentry New(FileSystems fileSystems, Func<long>? get, Action<long> set, long lowest, long highest) =>
        fileSystems.NewText(get is null ? null : () => get().ToString(CultureInfo.InvariantCulture) + "\n", text =>
        {
            if (!TryParse(text, out long value) || value < lowest || value > highest)
                return -Errno.EINVAL;
            set(value);
            return 0;
        });

    /// <summary><c>proc_get_long</c>: the first word of the text, decimal, octal after 0 or hexadecimal after 0x; what follows in other words is not looked at.</summary>
    public static bool TryParse(string text, out long value)
    {
        value = 0;
        string[] words = text.TrimEnd('\0').Split([' ', '\t', '\n', '\r', '\v', '\f'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0)
            return false;
        bool isNegative = words[0].StartsWith('-');
        string digits = isNegative ? words[0][1..] : words[0];
        int numberBase = !digits.StartsWith('0') ? 10 : digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16 : 8;
        if (digits.Length == 0 || (numberBase == 16 && digits.Length == 2))
            return false;
        foreach (char digit in numberBase == 16 ? digits[2..] : digits)
        {
            if (!char.IsAsciiHexDigit(digit) || Convert.ToInt32(digit.ToString(), 16) is var n && n >= numberBase)
                return false;
            if (value > (long.MaxValue - n) / numberBase)
                return false;
            value = value * numberBase + n;
        }

        if (isNegative)
            value = -value;
        return true;
    }
}
