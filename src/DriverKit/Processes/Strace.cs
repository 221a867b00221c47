namespace DriverKit.Processes;

/// <summary>How arguments are shown in the text of a failed call.</summary>
internal static class Strace
{
    /// <summary>Flags joined by bars, as strace joins them.</summary>
    public static string Flags(Enum flags) => flags.ToString().Replace(", ", "|", StringComparison.Ordinal);
}
