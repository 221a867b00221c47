using System.Globalization;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>The types of parameters: how a text becomes a value, and a value a text.</summary>
/// <remarks>Source: kernel/params.c and lib/vsprintf.c of Linux 2.6.20. Numbers are decimal, octal after 0 or hexadecimal after 0x; what follows the digits is not looked at.</remarks>
internal static class ParameterType
{
    private const int MaxString = 1024;

    /// <summary>True for a type that a parameter, or an element of one, may have.</summary>
    public static bool IsKnown(Type type) => type == typeof(bool) || type == typeof(string) || IsNumber(type);

    /// <summary><c>param_set_int</c> and its kin.</summary>
    /// <param name="type">The type.</param>
    /// <param name="text">The text; null when there was no equals sign.</param>
    /// <param name="value">The value.</param>
    /// <returns>0; -EINVAL; -ENOSPC for a string that is too long.</returns>
    public static KernelResult Parse(Type type, string? text, out object? value)
    {
        value = null;
        if (type == typeof(bool))
        {
            // Without an equals sign it is set.
            value = text is null || text is ['y' or 'Y' or '1', ..];
            return (bool)value || text is ['n' or 'N' or '0', ..] ? 0 : -Errno.EINVAL;
        }

        if (text is null)
            return -Errno.EINVAL;
        if (type == typeof(string))
        {
            value = text;
            return text.Length > MaxString ? -Errno.ENOSPC : 0;
        }

        if (!TryParse(text, out bool isNegative, out ulong magnitude))
            return -Errno.EINVAL;
        value = Narrow(type, isNegative, magnitude);
        return value is null ? -Errno.EINVAL : 0;
    }

    /// <summary><c>param_get_int</c> and its kin. A byte is shown as the character it is.</summary>
    public static string Format(object? value) => value switch
    {
        null => "<NULL>",
        bool flag => flag ? "Y" : "N",
        byte character => ((char)character).ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.Byte and <= TypeCode.UInt64 && !type.IsEnum;

    /// <summary><c>simple_strtol</c>: a minus sign only in front, no blanks.</summary>
    private static bool TryParse(string text, out bool isNegative, out ulong magnitude)
    {
        isNegative = text.StartsWith('-');
        string digits = isNegative ? text[1..] : text;
        uint numberBase = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            bool isHex = digits.Length > 2 && digits[1] is 'x' or 'X' && char.IsAsciiHexDigit(digits[2]);
            numberBase = isHex ? 16u : 8;
            digits = isHex ? digits[2..] : digits;
        }

        magnitude = 0;
        int count = 0;
        for (; count < digits.Length && char.IsAsciiHexDigit(digits[count]); count++)
        {
            uint digit = Convert.ToUInt32(digits[count].ToString(), 16);
            if (digit >= numberBase)
                break;
            magnitude = unchecked(magnitude * numberBase + digit);
        }

        return count != 0;
    }

    /// <summary>The number in its type; null when that has no room for it. Only signed types know a minus sign.</summary>
    private static object? Narrow(Type type, bool isNegative, ulong magnitude)
    {
        TypeCode code = Type.GetTypeCode(type);
        if (code == TypeCode.UInt64)
            return isNegative ? null : magnitude;
        if (magnitude > (isNegative ? 1ul << 63 : long.MaxValue) || (isNegative && code is TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32))
            return null;
        long number = isNegative ? unchecked(-(long)magnitude) : (long)magnitude;
        (long lowest, long highest) = code switch
        {
            TypeCode.Byte => (byte.MinValue, byte.MaxValue),
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        return number < lowest || number > highest ? null : Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
    }
}
