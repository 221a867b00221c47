using DriverKit.Analyzers.Rules;

namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>What the rule tests share: members are put into a driver class, so that a test shows only what it is about.</summary>
/// <param name="rules">The rules that the tests are about; what others say of the same code is not asked. That all rules agree on whole drivers is the corpus's to test.</param>
public abstract class RuleTest(params string[] rules)
{
    /// <summary>Reports what is marked up, and nothing else.</summary>
    protected Task Verify(string members, params DiagnosticResult[] expected) =>
        CSharpAnalyzerVerifier<FlowRules, DefaultVerifier>.VerifyAnalyzerAsync(Driver(members), rules, expected);

    protected static DiagnosticResult Diagnostic(string id) => CSharpAnalyzerVerifier<FlowRules, DefaultVerifier>.Diagnostic(id);

    protected static string Driver(string members) => $"public sealed partial class Driver\n{{\n{members}\n}}\n";
}
