using DriverKit.Analyzers.Options;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis.CSharp;

namespace DriverKit.Analyzers.Tests.Engine;

public sealed class OptionTests
{
    [Theory]
    [InlineData("", KernelEra.Linux2620)]
    [InlineData("driverkit.era = 2.6.20", KernelEra.Linux2620)]
    [InlineData("driverkit.era = 2.6.11", KernelEra.Linux2611)]
    [InlineData("driverkit.era = 2.4", KernelEra.Linux2620)]
    public void Era_IsRead(string line, object era)
    {
        Assert.Equal(era, EraOf(ConfigFiles.Global(line)));
        Assert.Equal(era, EraOf(ConfigFiles.Section("*.cs", line)));
        Assert.Equal(KernelEra.Linux2620, EraOf(ConfigFiles.Section("Other.cs", line)));
    }

    private static KernelEra EraOf(ConfigFiles configs) =>
        new LintOptions(configs.Options.AnalyzerConfigOptionsProvider).EraOf(CSharpSyntaxTree.ParseText("", path: "Driver.cs"));
}
