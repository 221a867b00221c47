using DriverKit.Primitives;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Compiles test sources the way a driver project does.</summary>
internal static class TestCompilation
{
    public const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using DriverKit.Contracts;
        global using DriverKit.Memory.Physical;
        global using DriverKit.Primitives;
        global using static DriverKit.Headers.AsmErrno;
        global using static DriverKit.Headers.AsmIo;
        global using static DriverKit.Headers.AsmUaccess;
        global using static DriverKit.Headers.LinuxGfp;
        global using static DriverKit.Headers.LinuxHighmem;
        global using static DriverKit.Headers.LinuxKernel;
        global using static DriverKit.Headers.LinuxSlab;
        global using static DriverKit.Headers.LinuxString;
        global using static DriverKit.Headers.LinuxVmalloc;
        global using static DriverKit.Headers.AsmPage;
        """;

    private static readonly Lazy<MetadataReference[]> Platform = new(() => [.. PlatformAssemblies().Select(static path => MetadataReference.CreateFromFile(path))]);

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp13);

    public static IReadOnlyList<MetadataReference> WithoutDriverKit => Platform.Value;

    public static IReadOnlyList<MetadataReference> References { get; } = [.. Platform.Value, MetadataReference.CreateFromFile(typeof(KernelResult).Assembly.Location)];

    public static CSharpCompilationOptions Options { get; } = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Disable);

    public static CSharpCompilation Create(string source, bool withDriverKit = true, string path = "Driver.cs")
    {
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(source, ParseOptions, path) };
        if (withDriverKit)
            trees.Add(CSharpSyntaxTree.ParseText(Usings, ParseOptions, "Usings.cs"));
        return CSharpCompilation.Create("Driver", trees, withDriverKit ? References : WithoutDriverKit, Options);
    }

    private static IEnumerable<string> PlatformAssemblies() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("netstandard.dll", StringComparison.Ordinal));
}
