namespace DriverKit.Interrupts;

/// <summary>What a driver's function is called in reports.</summary>
internal static class FunctionName
{
    /// <summary>The method's name; for a lambda, that of its home.</summary>
    public static string Of(Delegate function) => Of(function.Method.Name);

    /// <summary>The compiler calls a lambda <c>&lt;Init&gt;b__0</c>, a local function <c>&lt;Init&gt;g__Beat|0</c>, and the home of a program without one <c>&lt;Main&gt;$</c>.</summary>
    public static string Of(string name)
    {
        int end = name.LastIndexOf('>');
        if (!name.StartsWith('<') || end <= 1)
            return name;
        int bar = name.IndexOf('|');
        return name[(end + 1)..].StartsWith("g__", StringComparison.Ordinal) && bar > end + 4 ? name[(end + 4)..bar] : $"{name[1..end].Trim('<', '>', '$')} (lambda)";
    }
}
