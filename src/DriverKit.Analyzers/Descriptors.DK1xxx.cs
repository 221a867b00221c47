using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK1xxx: execution context.</content>
public static partial class Descriptors
{
    private const string ExecutionContext = "DriverKit.ExecutionContext";

    /// <summary>A call that may sleep between <c>kmap_atomic</c> and <c>kunmap_atomic</c>.</summary>
    public static readonly DiagnosticDescriptor DK1002_SleepWhileHoldingKmapAtomic = new(
        "DK1002",
        "Function that may sleep called while holding a kmap_atomic slot",
        "{0} may sleep{1}, and the kmap_atomic slot taken by {2} on line {3} is still held: call KunmapAtomic first, or use a form that does not sleep",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Between kmap_atomic and kunmap_atomic the task may not be scheduled away: the slot belongs to the CPU, and the next task would overwrite it.",
        HelpRoot + "DK1002.md");
}
