using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>A test source with its markup taken out: <c>[|…|]</c>, <c>{|ID:…|}</c>, <c>{|#key:…|}</c>.</summary>
internal sealed class Markup
{
    private Markup(string source) => Source = source;

    public string Source { get; }

    /// <summary>The marked spans, with the id or key each is marked with; an empty name for <c>[|…|]</c>.</summary>
    public List<(string Name, TextSpan Span)> Spans { get; } = [];

    public static Markup Parse(string text)
    {
        var plain = new StringBuilder();
        var open = new Stack<(string Name, int Start)>();
        var spans = new List<(string, TextSpan)>();
        for (int i = 0; i < text.Length; i++)
        {
            var rest = text.AsSpan(i);
            if (rest.StartsWith("[|"))
            {
                open.Push((string.Empty, plain.Length));
                i++;
            }
            else if (rest.StartsWith("{|") && rest.IndexOf(':') is > 0 and var colon)
            {
                open.Push((rest[2..colon].ToString(), plain.Length));
                i += colon;
            }
            else if (open.Count > 0 && (rest.StartsWith("|]") || rest.StartsWith("|}")))
            {
                var (name, start) = open.Pop();
                spans.Add((name, TextSpan.FromBounds(start, plain.Length)));
                i++;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        var markup = new Markup(plain.ToString());
        markup.Spans.AddRange(spans.OrderBy(static span => span.Item2.Start));
        return markup;
    }

    /// <summary>The diagnostics that the markup and the explicit results ask for.</summary>
    public IReadOnlyList<DiagnosticResult> Expectations(IEnumerable<DiagnosticResult> explicitResults, DiagnosticDescriptor? only)
    {
        var expected = new List<DiagnosticResult>();
        foreach (var (name, span) in Spans.Where(static marked => !marked.Name.StartsWith('#')))
            expected.Add(new DiagnosticResult(name.Length > 0 ? name : only?.Id ?? throw new InvalidOperationException("[|…|] needs an analyzer with one rule."), DiagnosticSeverity.Warning).WithSpan(span));
        foreach (var result in explicitResults)
        {
            var marked = Spans.Where(marked => marked.Name == $"#{result.MarkupKey}").ToList();
            expected.Add(marked.Count > 0 ? result.WithSpan(marked[0].Span) : result);
        }

        return expected;
    }
}
