namespace DriverKit.Interrupts;

/// <summary>What a driver's function is called in reports.</summary>
internal static class FunctionName
{
    /// <summary>The method's name; for a lambda, which the compiler calls <c>&lt;Init&gt;b__0</c>, that of its home.</summary>
    public static string Of(Delegate function)
    {
        string name = function.Method.Name;
        int end = name.IndexOf('>');
        return name.StartsWith('<') && end > 1 ? $"{name[1..end]} (lambda)" : name;
    }
}
