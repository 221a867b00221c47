using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Options;

/// <summary>The options of one compilation, each asked for the file it is about.</summary>
internal sealed class LintOptions(AnalyzerConfigOptionsProvider provider)
{
    private static readonly OptionDefinition<KernelEra> Era = new(
        "driverkit.era",
        "the kernel the driver is written for (see [eras](../eras.md))",
        ("2.6.20", KernelEra.Linux2620),
        ("2.6.11", KernelEra.Linux2611));

    /// <summary>All options, for the documentation.</summary>
    public static IReadOnlyList<IOptionDefinition> All { get; } = ImmutableArray.Create<IOptionDefinition>(Era);

    /// <summary>The kernel the file is written for.</summary>
    public KernelEra EraOf(SyntaxTree tree) => Era.Read(provider.GetOptions(tree));
}
