using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>What the analyzers said about a case, beside what they should have said.</summary>
internal sealed class CaseResult
{
    private CaseResult(CorpusCase about, ImmutableArray<Diagnostic> reported)
    {
        Case = about;
        var missed = about.Expected.Where(static marked => AllAnalyzers.Has(marked.Id)).ToList();
        foreach (var diagnostic in reported)
            (missed.Remove((LineOf(diagnostic), diagnostic.Id)) ? Found : Unexpected).Add(diagnostic);
        Missed = missed;
    }

    public CorpusCase Case { get; }

    /// <summary>What is marked and was reported.</summary>
    public List<Diagnostic> Found { get; } = [];

    /// <summary>What was reported and is not marked.</summary>
    public List<Diagnostic> Unexpected { get; } = [];

    /// <summary>What is marked and was not reported.</summary>
    public IReadOnlyList<(int Line, string Id)> Missed { get; }

    /// <summary>True when the case's own rule reports all that is said to be missed.</summary>
    public bool MissIsStale => Case.KnownMiss is not null && Missed.Count == 0;

    public bool Fails => Unexpected.Count > 0 || (Missed.Count > 0 && Case.KnownMiss is null) || MissIsStale;

    public static async Task<CaseResult> OfAsync(CorpusCase about)
    {
        var compilation = CorpusCompilation.Create(about.Source, $"{about.File}.cs");
        return new(about, await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances, concurrent: false));
    }

    /// <summary>The case, and each line where the two differ.</summary>
    public void Describe(StringBuilder text)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Case.File}.cs({Case.Line}) {(Case.IsBuggy ? "buggy" : "correct")} {Case.Name}");
        if (MissIsStale)
            text.AppendLine("  is found now: take the known-miss off its heading, and out of the rule's page");
        var lines = Case.Source.Split('\n');
        var missed = Case.KnownMiss is null ? Missed : [];
        foreach (int line in missed.Select(static one => one.Line).Concat(Unexpected.Select(LineOf)).Distinct().Order())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {line}: {(line > 0 && line <= lines.Length ? lines[line - 1].Trim() : "(no line)")}");
            foreach (var (_, id) in missed.Where(one => one.Line == line))
                text.AppendLine(CultureInfo.InvariantCulture, $"     missed      {id}");
            foreach (var diagnostic in Unexpected.Where(one => LineOf(one) == line))
                text.AppendLine(CultureInfo.InvariantCulture, $"     false alarm {diagnostic.Id} at '{TextOf(diagnostic)}': {diagnostic.GetMessage(CultureInfo.InvariantCulture)}");
            foreach (var diagnostic in Found.Where(one => LineOf(one) == line))
                text.AppendLine(CultureInfo.InvariantCulture, $"     right       {diagnostic.Id}");
        }
    }

    private static int LineOf(Diagnostic diagnostic) => diagnostic.Location.IsInSource ? diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1 : 0;

    private static string TextOf(Diagnostic diagnostic)
    {
        string text = diagnostic.Location.SourceTree?.GetText().ToString(diagnostic.Location.SourceSpan) ?? "";
        return text.Split('\n')[0].Trim();
    }
}
