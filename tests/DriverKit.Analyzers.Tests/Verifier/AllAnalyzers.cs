using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>Everything that the two assemblies of the lint hold, found as the compiler finds it: by reflection.</summary>
internal static class AllAnalyzers
{
    public static ImmutableArray<DiagnosticAnalyzer> Instances { get; } = [.. Create<DiagnosticAnalyzer>(typeof(DriverKitAnalyzer))];

    public static ImmutableArray<CodeFixProvider> Fixes { get; } = [.. Create<CodeFixProvider>(typeof(DriverKitCodeFixProvider))];

    /// <summary>Every rule, in the order of its id.</summary>
    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } =
        [.. Instances.SelectMany(static analyzer => analyzer.SupportedDiagnostics).DistinctBy(static rule => rule.Id).OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>The ids of the rules, for theories.</summary>
    public static TheoryData<string> Ids => [.. Rules.Select(static rule => rule.Id)];

    public static DiagnosticDescriptor Rule(string id) => Rules.Single(rule => rule.Id == id);

    public static bool Has(string id) => Rules.Any(rule => rule.Id == id);

    private static IEnumerable<T> Create<T>(Type inAssembly) =>
        inAssembly.Assembly.GetTypes()
            .Where(static type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
            .OrderBy(static type => type.FullName, StringComparer.Ordinal)
            .Select(static type => (T)Activator.CreateInstance(type, nonPublic: true)!);
}
