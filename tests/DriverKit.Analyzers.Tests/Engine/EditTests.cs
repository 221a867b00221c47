using DriverKit.Analyzers.Rules;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>What is kept from one version of the code to the next, as in an editor, must not tell of the old one.</summary>
public sealed class EditTests
{
    private const string User = "class User { void M(Page page) { var at = Helper.Take(page); Helper.Wait(); Helper.Give(at); } }";
    private const string Calm = "static class Helper { public static KernelVirtualAddress Take(Page page) => default; public static void Give(KernelVirtualAddress at) { } public static void Wait() { } }";
    private const string Mapping = """
        static class Helper
        {
            public static KernelVirtualAddress Take(Page page) => KmapAtomic(page, KmType.User0);
            public static void Give(KernelVirtualAddress at) => KunmapAtomic(at, KmType.User0);
            public static void Wait() => MightSleep();
        }
        """;

    [Fact]
    public async Task HelperEdited_ItsCallersAreJudgedAnew()
    {
        var code = TestCompilation.Create(User, path: "User.cs").AddSyntaxTrees(Parse(Calm));
        Assert.Empty(await RunAsync(code));
        foreach (var (text, expected) in new[] { (Mapping, 1), (Calm, 0), ("static class Helper { ", 0), (Mapping, 1) })
        {
            var helper = code.SyntaxTrees.Single(static tree => tree.FilePath == "Helper.cs");
            code = code.ReplaceSyntaxTree(helper, Parse(text));
            Assert.Equal(expected, (await RunAsync(code)).Count);
        }
    }

    [Fact]
    public async Task FileRenumbered_NothingChanges()
    {
        var code = TestCompilation.Create(User, path: "User.cs").AddSyntaxTrees(Parse(Mapping));
        Assert.Single(await RunAsync(code));
        var first = code.SyntaxTrees[0];
        code = code.RemoveSyntaxTrees(first).AddSyntaxTrees(first, CSharpSyntaxTree.ParseText("class More { int Wait() => 1; }", TestCompilation.ParseOptions, "More.cs"));
        Assert.Single(await RunAsync(code));
    }

    [Theory]
    [InlineData("User.cs")]
    [InlineData("More.cs")]
    public async Task OneFileAsked_ItsFindingsAreAllThere(string path)
    {
        const string First = "partial class User { void M(Page page) { var at = Helper.Take(page); Helper.Wait(); Helper.Give(at); } }";
        const string Second = "partial class User { class Inner { Page _page; int Value { get { var at = Helper.Take(_page); Helper.Wait(); Helper.Give(at); return 0; } } } }";
        var code = TestCompilation.Create(First, path: "User.cs").AddSyntaxTrees(Parse(Mapping), CSharpSyntaxTree.ParseText(Second, TestCompilation.ParseOptions, "More.cs"));
        var tree = code.SyntaxTrees.Single(tree => tree.FilePath == path);
        var model = code.GetSemanticModel(tree);
        foreach (var span in new TextSpan?[] { null, new TextSpan(tree.ToString().IndexOf("Wait", StringComparison.Ordinal), 4) })
        {
            var found = await code.WithAnalyzers([new FlowRules()]).GetAnalyzerSemanticDiagnosticsAsync(model, span, CancellationToken.None);
            Assert.Equal(["DK1002"], found.Select(static finding => finding.Id));
            Assert.All(found, finding => Assert.Equal(path, finding.Location.SourceTree?.FilePath));
        }
    }

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, TestCompilation.ParseOptions, "Helper.cs");

    private static async Task<List<Diagnostic>> RunAsync(Compilation code) => [.. (await DiagnosticMatcher.RunAsync(code, new FlowRules())).Where(static diagnostic => diagnostic.Id == "DK1002")];
}
