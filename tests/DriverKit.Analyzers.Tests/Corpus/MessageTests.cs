using System.Globalization;
using System.Text;
using DriverKit.Analyzers.Tests.Docs;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>What is said of each bug of the corpus, word for word, and which line is shown as its cause: Corpus/Messages.txt is to be read when it changes.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task Messages_AreWhatTheyWere()
    {
        // A selection of the corpus has not all of them.
        if (CorpusFile.Selection.Count > 0)
            return;
        var text = new StringBuilder();
        foreach (var file in CorpusFile.All)
        {
            text.Append(file.Id).Append('\n');
            foreach (var result in await CorpusRun.AnalyzeAsync(file))
            {
                foreach (var found in result.Found.OrderBy(LineOf).ThenBy(static found => found.Id, StringComparer.Ordinal))
                    text.Append(CultureInfo.InvariantCulture, $"  {result.Case.Name}({LineOf(found)}): {(found.Id == file.Id ? "" : found.Id + " ")}{found.GetMessage(CultureInfo.InvariantCulture)}{Cause(found)}\n");
            }
        }

        GeneratedFile.Check(Path.Combine("tests", "DriverKit.Analyzers.Tests", "Corpus", "Messages.txt"), text.ToString());
    }

    private static string Cause(Diagnostic found) =>
        found.AdditionalLocations is [var cause, ..] ? string.Create(CultureInfo.InvariantCulture, $" [{cause.GetLineSpan().StartLinePosition.Line + 1}]") : "";

    private static int LineOf(Diagnostic found) => found.Location.GetLineSpan().StartLinePosition.Line + 1;
}
