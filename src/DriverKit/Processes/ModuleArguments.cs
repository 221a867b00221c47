using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>The command line of insmod: <c>name=value</c>, with blanks between and quotes around values that have some.</summary>
/// <remarks>Source: <c>parse_args</c>, kernel/params.c of Linux 2.6.20.</remarks>
internal static class ModuleArguments
{
    /// <summary>Sets the parameters of a module. Those before a bad one are set.</summary>
    /// <returns>0; -ENOENT for a name that is not there; -EINVAL, -ENOSPC for a bad value. The log says which.</returns>
    public static KernelResult Apply(string module, string arguments, IReadOnlyList<ModuleParameter> parameters, IKernelLog log)
    {
        // A string of C ends at its first zero.
        string rest = arguments.Split('\0', 2)[0].TrimStart(' ');
        while (rest.Length != 0)
        {
            (string name, string? value) = Next(ref rest);
            if (parameters.FirstOrDefault(parameter => parameter.IsNamed(name)) is not { } parameter)
            {
                log.Write(LogLevel.Error, $"{module}: Unknown parameter `{name}'");
                return -Errno.ENOENT;
            }

            KernelResult result = parameter.Set(value);
            if (result.IsSuccess)
                continue;
            log.Write(LogLevel.Error, $"{module}: `{value}' {(result.Errno == Errno.ENOSPC ? "too large" : "invalid")} for parameter `{name}'");
            return result;
        }

        return 0;
    }

    /// <summary><c>next_arg</c>: quotes may stand around the value or around all of it.</summary>
    private static (string Name, string? Value) Next(ref string rest)
    {
        bool isQuoted = rest[0] == '"', inQuotes = isQuoted;
        int start = isQuoted ? 1 : 0, end = start, equals = -1;
        for (; end < rest.Length && (rest[end] != ' ' || inQuotes); end++)
        {
            if (rest[end] == '=' && equals < 0)
                equals = end;
            if (rest[end] == '"')
                inQuotes = !inQuotes;
        }

        string argument = rest[start..end];
        rest = rest[end..].TrimStart(' ');
        bool endsQuoted = argument.EndsWith('"');
        if (equals <= start)
            return (isQuoted && endsQuoted ? argument[..^1] : argument, null);
        string name = argument[..(equals - start)], value = argument[(equals - start + 1)..];
        bool valueIsQuoted = value.StartsWith('"');
        if (valueIsQuoted)
            value = value[1..];
        if ((valueIsQuoted || isQuoted) && value.EndsWith('"'))
            value = value[..^1];
        return (name, value);
    }
}
