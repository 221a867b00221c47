namespace DriverKit.Processes;

/// <summary>How arguments are shown in the text of a failed call.</summary>
internal static class Strace
{
    /// <summary>A user or a group; -1 leaves it as it is.</summary>
    public static string Id(uint? id) => id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-1";

    /// <summary>Flags joined by bars, as strace joins them.</summary>
    public static string Flags(Enum flags) => flags.ToString().Replace(", ", "|", StringComparison.Ordinal);

    /// <summary>A string in quotes, cut after 32 characters.</summary>
    public static string Text(string text)
    {
        const int MaxText = 32;
        return text.Length <= MaxText ? $"\"{text}\"" : $"\"{text[..MaxText]}\"...";
    }

    /// <summary>Strings separated by commas, cut after eight.</summary>
    public static string Texts(IReadOnlyList<string> texts)
    {
        const int MaxTexts = 8;
        string shown = string.Join(", ", texts.Take(MaxTexts).Select(Text));
        return texts.Count <= MaxTexts ? shown : shown + ", ...";
    }
}
