namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>One piece of driver code and what is to be reported in it.</summary>
/// <param name="File">The rule file it stands in, <c>DK####</c>.</param>
/// <param name="Name">Its name within the file.</param>
/// <param name="IsBuggy">False: nothing may be reported.</param>
/// <param name="KnownMiss">Why the rule does not find it, else null.</param>
/// <param name="Line">The line of the file with its heading, from 1.</param>
/// <param name="Source">Its text. Empty lines stand for all that is before it, so that its lines have the numbers they have in the file.</param>
/// <param name="Expected">The marked lines, from 1, with the ids they are marked with.</param>
internal sealed record CorpusCase(
    string File, string Name, bool IsBuggy, string? KnownMiss, int Line, string Source, IReadOnlyList<(int Line, string Id)> Expected)
{
    public override string ToString() => $"{File} {Name}";
}
