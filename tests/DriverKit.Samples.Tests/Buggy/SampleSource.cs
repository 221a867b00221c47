using System.Collections.Immutable;
using System.Reflection;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Samples.Tests.Buggy;

/// <summary>The source of one sample, compiled in memory as its project would compile it, and linted.</summary>
internal static class SampleSource
{
    private static readonly string Repository =
        typeof(SampleSource).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "Repository").Value!;

    private static readonly string[] SdkUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    ];

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        .. Assembly.Load("DriverKit.Analyzers").GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type, nonPublic: true)!),
    ];

    public static IEnumerable<string> Names =>
        Directory.GetDirectories(Path.Combine(Repository, "samples")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Files(string sample)
    {
        string folder = Path.Combine(Repository, "samples", sample);
        return Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
    }

    public static async Task<ImmutableArray<Diagnostic>> LintAsync(string sample)
    {
        Compilation compilation = Compile(sample);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        return await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync();
    }

    private static CSharpCompilation Compile(string sample)
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp13);
        IEnumerable<SyntaxTree> trees = Files(sample).Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file));
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != sample)
            .Select(path => MetadataReference.CreateFromFile(path));
        OutputKind kind = Files(sample).Any(file => Path.GetFileName(file) == "Program.cs") ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        return CSharpCompilation.Create(
            sample, trees.Append(CSharpSyntaxTree.ParseText(GlobalUsings(), options)), references,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>What the SDK and DriverKit.props generate for a project with implicit usings.</summary>
    private static string GlobalUsings()
    {
        IEnumerable<string> kit = XDocument.Load(Path.Combine(Repository, "src/DriverKit/build/DriverKit.props")).Descendants("Using")
            .Select(item => (item.Attribute("Static") is null ? "" : "static ") + item.Attribute("Include")!.Value);
        return string.Concat(SdkUsings.Concat(kit).Select(name => $"global using {name};\n"));
    }
}
