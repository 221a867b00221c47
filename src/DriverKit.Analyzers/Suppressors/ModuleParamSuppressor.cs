using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>CS0649 (never assigned) and IDE0044 (may be readonly) on a field with <c>[ModuleParam]</c>: insmod assigns it, and whoever writes to its file in /sys.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleParamSuppressor : DiagnosticSuppressor
{
    private const string Justification = "A parameter of a module is assigned by the kernel.";

    private static readonly SuppressionDescriptor NeverAssigned = new("DKS0002", "CS0649", Justification);

    private static readonly SuppressionDescriptor MayBeReadonly = new("DKS0003", "IDE0044", Justification);

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [NeverAssigned, MayBeReadonly];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree
                && DriverCode.MemberAt(diagnostic.Location, context.GetSemanticModel(tree), context.CancellationToken) is { } member
                && DriverCode.HasAttribute(member, "ModuleParamAttribute"))
                context.ReportSuppression(Suppression.Create(diagnostic.Id == NeverAssigned.SuppressedDiagnosticId ? NeverAssigned : MayBeReadonly, diagnostic));
        }
    }
}
