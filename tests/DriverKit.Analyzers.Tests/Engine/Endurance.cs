using System.Collections.Concurrent;
using DriverKit.Analyzers.Tests.Corpus;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Runs all analyzers over code of any kind and asks only that they come through: no exception, no diagnostic without a place, an end.</summary>
internal static class Endurance
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>How long an analyzer may take to notice that it is cancelled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Some half-typed code the compiler itself does not come through; then it has asked nobody.</summary>
    private const string CompilersOwn = "the compiler's own fault";

    /// <summary>Runs over every source by itself.</summary>
    public static async Task SurviveAloneAsync(IEnumerable<(string Name, string Text)> sources)
    {
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(sources, async (source, _) =>
        {
            if (await FaultOfAsync(CorpusCompilation.Create([Parse(source)]), concurrent: false) is { } fault and not CompilersOwn)
                faults.Enqueue($"{source.Name}: {fault}");
        });
        Report(faults);
    }

    /// <summary>Runs over sources together; when something goes wrong, over each by itself, to say which it is.</summary>
    public static async Task SurviveTogetherAsync(IReadOnlyList<(string Name, string Text)> sources, bool withDriverKit = true)
    {
        var trees = sources.Select(Parse).ToArray();
        Compilation compilation = withDriverKit
            ? CorpusCompilation.Create(trees)
            : CSharpCompilation.Create("Kit", trees, TestCompilation.WithoutDriverKit, TestCompilation.Options);
        if (await FaultOfAsync(compilation, concurrent: true) is not { } fault)
            return;
        await SurviveAloneAsync(sources.Select(static source => (source.Name, $"{source.Text}\n// {source.Name}")));
        if (fault != CompilersOwn)
            Assert.Fail($"Only together: {fault}");
    }

    private static SyntaxTree Parse((string Name, string Text) source) => CSharpSyntaxTree.ParseText(source.Text, TestCompilation.ParseOptions, source.Name);

    /// <summary>What went wrong, with the source when it is short; null when nothing did.</summary>
    private static async Task<string?> FaultOfAsync(Compilation compilation, bool concurrent)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var reported = await DiagnosticMatcher.RunAsync(compilation, AllAnalyzers.Instances, concurrent, cancellation: limit.Token).WaitAsync(Limit + Grace);
            var lost = reported.FirstOrDefault(static one => !one.Location.IsInSource || one.AdditionalLocations.Any(static place => !place.IsInSource));
            return lost is null ? null : $"without a location: {lost}";
        }
        catch (OperationCanceledException)
        {
            return $"more than {Limit}{TextOf(compilation)}";
        }
        catch (TimeoutException)
        {
            return $"more than {Limit}, and it does not listen to cancellation{TextOf(compilation)}";
        }
        catch (InvalidOperationException crash) when (crash.InnerException is null && crash.TargetSite?.DeclaringType?.Namespace == "Microsoft.CodeAnalysis.CSharp" && crash.StackTrace?.Contains("DriverKit.Analyzers.Rules", StringComparison.Ordinal) == false)
        {
            return CompilersOwn;
        }
        catch (InvalidOperationException crash) when (crash.InnerException is not null)
        {
            return $"{crash.InnerException}{TextOf(compilation)}";
        }
    }

    private static string TextOf(Compilation compilation)
    {
        string text = compilation.SyntaxTrees.Count() <= 2 ? compilation.SyntaxTrees.Last().ToString() : "";
        return text.Length is > 0 and < 5000 ? $"\n{text}" : "";
    }

    private static void Report(IReadOnlyCollection<string> faults)
    {
        if (faults.Count > 0)
            Assert.Fail($"{faults.Count} faults:\n{string.Join("\n\n", faults.Take(5))}");
    }
}
