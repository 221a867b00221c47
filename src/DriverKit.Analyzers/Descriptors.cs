namespace DriverKit.Analyzers;

/// <summary>Every rule's descriptor, one table per band, each named by its id and its meaning.</summary>
public static partial class Descriptors
{
    private const string HelpRoot = "docs/rules/";
}
