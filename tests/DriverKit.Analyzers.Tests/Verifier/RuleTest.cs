using DriverKit.Analyzers.Rules;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>What the rule tests share: members are put into a driver class, so that a test shows only what it is about.</summary>
public abstract class RuleTest
{
    /// <summary>Reports what is marked up, and nothing else.</summary>
    protected static Task Verify(string members, params DiagnosticResult[] expected) =>
        CSharpAnalyzerVerifier<FlowRules, DefaultVerifier>.VerifyAnalyzerAsync(Driver(members), expected);

    protected static DiagnosticResult Diagnostic(string id) => CSharpAnalyzerVerifier<FlowRules, DefaultVerifier>.Diagnostic(id);

    protected static string Driver(string members) => $"public sealed partial class Driver\n{{\n{members}\n}}\n";
}
