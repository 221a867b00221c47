// As much of the C library as mapper and mapcmp need: numbers, read as strtoul, sscanf("%li") and atoi read them.
namespace Samples.Simple;

internal static class Libc
{
    /// <summary>ULONG_MAX, which is the process's to say: 32 bits on i386.</summary>
    public static ulong UlongMax(UserProcess process) => process.Mm.TaskSize > uint.MaxValue ? ulong.MaxValue : uint.MaxValue;

    /// <summary>strtoul: white space, sign, prefix, digits; what follows is ignored, what is too large becomes ULONG_MAX.</summary>
    /// <returns>False when there is no number.</returns>
    public static bool TryStrtoul(string text, int radix, ulong max, out ulong value)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        bool negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
            rest = rest[1..];
        if (radix is 0 or 16 && rest is ['0', 'x' or 'X', var digit, ..] && char.IsAsciiHexDigit(digit))
        {
            rest = rest[2..];
            radix = 16;
        }
        else if (radix == 0)
        {
            radix = rest is ['0', ..] ? 8 : 10;
        }

        UInt128 number = 0;
        int digits = 0;
        for (; digits < rest.Length && DigitOf(rest[digits]) < radix; digits++)
            number = UInt128.Min(number * (uint)radix + (uint)DigitOf(rest[digits]), max);
        value = negative ? unchecked(0 - (ulong)number) & max : (ulong)number;
        return digits > 0;
    }

    /// <summary>atoi.</summary>
    public static int Atoi(string text) => TryStrtoul(text, 10, uint.MaxValue, out ulong value) ? unchecked((int)(uint)value) : 0;

    private static int DigitOf(char c) => char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : int.MaxValue;
}
