using System.Globalization;
using System.Text;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>One generated file.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Name, string Text)
{
    public int Lines { get; } = Text.AsSpan().Count('\n');
}

/// <summary>Writes drivers until there are as many lines as asked for: whole drivers of several files each (the folder Drivers), which share a library, and
/// between them modules put together from members (<see cref="Snippets"/>).</summary>
internal static class DriverCode
{
    private const int MembersPerModule = 24;

    /// <summary>One member in so many is hot in ordinary driver code.</summary>
    private const int HotOneIn = 7;

    /// <summary>One member in so many has a bug.</summary>
    private const int BuggyOneIn = 60;

    /// <summary>Whole drivers that share one library.</summary>
    private const int FamilySize = 8;

    private const string Library = "Library";

    private static readonly ILookup<string, SourceFile> Templates = ReadTemplates();

    private static readonly string[] Families = [.. Templates.Select(static family => family.Key).Where(static name => name != Library).Order(StringComparer.Ordinal)];

    public static List<SourceFile> Files(Mix mix, int lines)
    {
        var files = new List<SourceFile>();
        for (int number = 0; files.Sum(static file => file.Lines) < lines; number++)
        {
            if (mix == Mix.Driver)
                files.AddRange(Driver(number));
            files.Add(new($"Module{number}.cs", Module(number, mix)));
        }

        return files;
    }

    public static int Write(string folder, Mix mix, int lines)
    {
        var files = Files(mix, lines);
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file.Name), file.Text);
        return files.Sum(static file => file.Lines);
    }

    /// <summary>One driver, and before the first of a family the library of the family.</summary>
    private static IEnumerable<SourceFile> Driver(int number)
    {
        var files = Templates[Families[number % Families.Length]];
        if (number % FamilySize == 0)
            files = Templates[Library].Select(static file => file with { Name = file.Name.Replace("N0", "L0", StringComparison.Ordinal), Text = file.Text.Replace("N0", "L0", StringComparison.Ordinal) }).Concat(files);
        return files.Select(file => new SourceFile(Number(file.Name), Number(file.Text)));

        string Number(string text) => text
            .Replace("N0", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("L0", (number / FamilySize).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static string Module(int number, Mix mix)
    {
        var source = new StringBuilder(mix == Mix.Unrelated ? Snippets.PlainHead : Snippets.DriverHead);
        for (int i = 0; i < MembersPerModule; i++)
        {
            int member = (number * MembersPerModule) + i;
            source.Append(Member(member, mix).Replace("@", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)).Append("\n\n");
        }

        source.Append(Snippets.Tail);
        return source.Replace("#", number.ToString(CultureInfo.InvariantCulture)).ToString();
    }

    private static string Member(int member, Mix mix)
    {
        if (mix == Mix.Driver && member % BuggyOneIn == BuggyOneIn - 1)
            return Snippets.Buggy[member / BuggyOneIn % Snippets.Buggy.Length];
        bool isHot = mix == Mix.Heavy || (mix == Mix.Driver && member % HotOneIn == 0);
        var snippets = mix == Mix.Unrelated ? Snippets.Unrelated : isHot ? Snippets.Hot : Snippets.Plain;
        int choice = isHot && mix == Mix.Driver ? member / HotOneIn : member;
        return snippets[choice % snippets.Length];
    }

    private static ILookup<string, SourceFile> ReadTemplates() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Drivers"), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToLookup(static path => Path.GetFileName(Path.GetDirectoryName(path))!, static path => new SourceFile(Path.GetFileName(path), File.ReadAllText(path)));
}
