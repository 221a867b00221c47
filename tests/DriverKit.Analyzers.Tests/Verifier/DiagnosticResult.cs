using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>One diagnostic that a test expects: of a rule, at a markup location or a place, perhaps with a message.</summary>
public sealed record DiagnosticResult(string Id, DiagnosticSeverity Severity)
{
    public int? MarkupKey { get; private init; }

    public LinePosition? Position { get; private init; }

    public TextSpan? Span { get; private init; }

    public IReadOnlyList<object>? MessageArguments { get; private init; }

    public string? Message { get; private init; }

    public string? MessageFormat { get; private init; }

    public static DiagnosticResult CompilerError(string id) => new(id, DiagnosticSeverity.Error);

    /// <summary>At the markup <c>{|#key:…|}</c>.</summary>
    public DiagnosticResult WithLocation(int markupKey) => this with { MarkupKey = markupKey };

    /// <summary>At a line and column, both counted from one.</summary>
    public DiagnosticResult WithLocation(int line, int column) => this with { Position = new(line - 1, column - 1) };

    public DiagnosticResult WithArguments(params object[] arguments) => this with { MessageArguments = arguments };

    public DiagnosticResult WithMessage(string message) => this with { Message = message };

    internal DiagnosticResult WithFormat(string format) => this with { MessageFormat = format };

    internal DiagnosticResult WithSpan(TextSpan span) => this with { Span = span };

    internal string? ExpectedMessage => Message ?? (MessageArguments is { } arguments && MessageFormat is { } format
        ? string.Format(System.Globalization.CultureInfo.InvariantCulture, format, [.. arguments])
        : null);
}
