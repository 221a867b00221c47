using System.Collections.Immutable;
using DriverKit.Analyzers.Inference;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Inference;

/// <summary>A driver library, built to an image as a package is, with what the generator writes into it.</summary>
internal static class Library
{
    /// <summary>The library's compilation with the generator's attributes.</summary>
    public static Compilation Generate(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, string? isOn = null)
    {
        var compilation = CorpusCompilation.Create(source, "Library.cs").WithAssemblyName("Library");
        var driver = CSharpGeneratorDriver.Create(
            [new ContractGenerator().AsSourceGenerator()],
            parseOptions: TestCompilation.ParseOptions,
            optionsProvider: new Options(isOn));
        driver.RunGeneratorsAndUpdateCompilation(compilation.WithOptions(compilation.Options.WithOutputKind(kind)), out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        return generated;
    }

    /// <summary>What the generator writes: for each method by its id, the contract.</summary>
    public static IReadOnlyDictionary<string, string> Contracts(string source, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, string? isOn = null) =>
        Generate(source, kind, isOn).Assembly.GetAttributes()
            .Where(static attribute => attribute.AttributeClass?.Name == "InferredContractAttribute")
            .ToDictionary(static attribute => (string)attribute.ConstructorArguments[0].Value!, static attribute => (string)attribute.ConstructorArguments[1].Value!);

    /// <summary>What all rules report in a driver that refers to the library's image.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> LintAsync(string library, string driver, string? isOn = null)
    {
        var compilation = CorpusCompilation.Create(driver).AddReferences(Image(Generate(library, isOn: isOn)));
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var analysis = compilation.WithAnalyzers(AllAnalyzers.Instances, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), static (exception, _, _) => throw new InvalidOperationException("an analyzer threw", exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        return [.. (await analysis.GetAnalyzerDiagnosticsAsync()).OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static PortableExecutableReference Image(Compilation library)
    {
        using var image = new MemoryStream();
        var result = library.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray().ToImmutableArray());
    }

    private sealed class Options(string? isOn) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(isOn);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(string? isOn) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key == "build_property.DriverKitInferContracts" ? isOn : null;
            return value is not null;
        }
    }
}
