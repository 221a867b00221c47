using System.Xml.Linq;
using DriverKit.Analyzers.Tests.Engine;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>Compiles driver code as a project does that references the package: nullable, with the package's global usings.</summary>
internal static class CorpusCompilation
{
    // What every case shares is bound once: compilations that come from one another share the symbols of their references.
    private static readonly CSharpCompilation Shared = CSharpCompilation.Create(
        "Driver",
        [CSharpSyntaxTree.ParseText(Usings(), TestCompilation.ParseOptions, "Usings.g.cs")],
        TestCompilation.References,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static CSharpCompilation Create(string source, string path = "Driver.cs") =>
        Shared.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, TestCompilation.ParseOptions, path));

    public static CSharpCompilation Create(IEnumerable<SyntaxTree> trees) => Shared.AddSyntaxTrees(trees);

    /// <summary>The usings of the package, and those of the SDK that drivers need.</summary>
    private static string Usings()
    {
        var usings = XDocument.Load(Path.Combine(TestSources.Repository, "src", "DriverKit", "build", "DriverKit.props")).Descendants("Using")
            .Select(static item => $"global using {((string?)item.Attribute("Static") == "true" ? "static " : "")}{(string?)item.Attribute("Include")};");
        return string.Join('\n', new[] { "System", "System.Collections.Generic", "System.Linq" }.Select(static name => $"global using {name};").Concat(usings));
    }
}
