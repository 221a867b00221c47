using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers;

/// <summary>The base of every DriverKit analyzer: owns <see cref="Initialize"/>, leaves generated code alone, runs concurrently, and asks
/// first whether the compilation knows DriverKit at all.</summary>
public abstract class DriverKitAnalyzer : DiagnosticAnalyzer
{
    private protected DriverKitAnalyzer()
    {
    }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (KnownSymbols.For(start.Compilation, new(start.Options.AnalyzerConfigOptionsProvider)) is { } symbols)
                AnalyzeCompilation(start, symbols);
        });
    }

    /// <summary>Registers the rule's actions for a compilation that refers to DriverKit.</summary>
    private protected abstract void AnalyzeCompilation(CompilationStartAnalysisContext context, KnownSymbols symbols);
}
