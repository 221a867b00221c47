using System.IO.Compression;
using System.Text;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>The analyzers come through whatever code they are given, and come to an end.</summary>
public sealed class RobustnessTests
{
    private const int Mutants = 5000;
    private const int BatchSize = 100;

    public static TheoryData<string> Projects => [.. ProjectsIn("src"), .. ProjectsIn("samples"), .. ProjectsIn("tests")];

    /// <summary>The tests' files are left out here, for the time it takes.</summary>
    public static TheoryData<string> Products => [.. ProjectsIn("src"), .. ProjectsIn("samples")];

    /// <summary>A file that knows nothing of the others is full of names without a meaning.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public Task FilesOfAProject_EachAlone(string project) => Endurance.SurviveAloneAsync(FilesOf(project));

    /// <summary>The kit itself has the types that the analyzers know as its own sources.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public Task FilesOfAProject_Together(string project) =>
        Endurance.SurviveTogetherAsync([.. FilesOf(project)], withDriverKit: project != Path.Combine("src", "DriverKit"));

    /// <summary>What Microsoft's packages bring along as C#: the templates of the SDK, with their preprocessor conditions, and the test SDK's program.</summary>
    [Fact]
    public async Task SourcesInPackages()
    {
        var sources = PackageSources().ToList();
        Assert.NotEmpty(sources);
        await Endurance.SurviveAloneAsync(sources);
        await Endurance.SurviveTogetherAsync(sources);
    }

    /// <summary>Many mutants share a compilation, each in a namespace and a file of its own; the same mutants each time.</summary>
    [Fact]
    public async Task HalfTypedCode()
    {
        var mutations = CorpusFile.All.SelectMany(static file => file.Cases).Select(static one => one.Source.TrimStart()).Concat(TestSources.All())
            .Select(static text => new Mutation(CSharpSyntaxTree.ParseText(text, TestCompilation.ParseOptions))).ToList();
        foreach (var batch in Enumerable.Range(0, Mutants).Chunk(BatchSize))
            await Endurance.SurviveTogetherAsync([.. batch.Select(i => ($"M{i}.cs", $"namespace M{i};\n{mutations[i % mutations.Count].Next(i)}"))]);
    }

    [Fact]
    public async Task TenThousandLinesThatCallEachOther_ComeToAnEnd()
    {
        var source = new StringBuilder("class Driver {");
        for (int i = 0; i < 700; i++)
        {
            source.AppendLine($$"""
                  int M{{i}}(Page page, UserVirtualAddress to, bool a, bool b, int n)
                  {
                      for (int i = 0; i < n; i++)
                      {
                          var high = a && page.IsHighMemory;
                          KernelVirtualAddress at = high ? KmapAtomic(page, KmType.User0) : default;
                          if (b)
                          {
                              if (high) KunmapAtomic(at, KmType.User0);
                              return {{(i == 0 ? "0" : $"M{i - 1}(page, to, a, b, n - 1)")}};
                          }
                          if (high) KunmapAtomic(at, KmType.User0);
                      }
                      return ClearUser(to, 4) != 0 ? 1 : 0;
                  }
                """);
        }

        var compilation = TestCompilation.Create(source.Append('}').ToString());
        await ReportedAsync(compilation);
    }

    [Fact]
    public async Task DeepExpressions_NeverThrow()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("a.Value", 3000));
        string nested = string.Concat(Enumerable.Repeat("F(", 300)) + "a.Value" + new string(')', 300);
        await ReportedAsync(TestCompilation.Create($"class C {{ static ulong F(ulong n) => n; ulong M(PhysicalAddress a) => {sum}; ulong N(PhysicalAddress a) => {nested}; }}"));
    }

    private static async Task<IEnumerable<string>> ReportedAsync(CSharpCompilation compilation) =>
        (await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances)).Select(static diagnostic => diagnostic.ToString());

    private static IEnumerable<string> ProjectsIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(TestSources.Repository, folder), "*.csproj", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(TestSources.Repository, Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Text)> FilesOf(string project) =>
        Directory.EnumerateFiles(Path.Combine(TestSources.Repository, project), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(static path => (Path.GetRelativePath(TestSources.Repository, path), File.ReadAllText(path)));

    private static IEnumerable<(string Name, string Text)> PackageSources()
    {
        string sdk = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var path in Directory.EnumerateFiles(Path.Combine(packages, "microsoft.net.test.sdk"), "*.cs", SearchOption.AllDirectories))
            yield return (path, File.ReadAllText(path));
        foreach (var path in Directory.EnumerateFiles(Path.Combine(sdk, "templates"), "*.nupkg", SearchOption.AllDirectories))
        {
            using var package = ZipFile.OpenRead(path);
            foreach (var entry in package.Entries.Where(static entry => entry.Name.EndsWith(".cs", StringComparison.Ordinal)))
            {
                using var reader = new StreamReader(entry.Open());
                yield return (entry.FullName, reader.ReadToEnd());
            }
        }
    }
}
