using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Gate;

/// <summary>Which rules are on, asked before any work is done: a rule that is off costs nothing.</summary>
internal sealed class RuleSwitch(Compilation compilation)
{
    /// <summary>False when the rule is off in every file, by the project or by a global config.</summary>
    public bool MayBeOn(DiagnosticDescriptor rule)
    {
        var trees = compilation.Options.SyntaxTreeOptionsProvider;
        if (compilation.Options.SpecificDiagnosticOptions.TryGetValue(rule.Id, out var project) && project == ReportDiagnostic.Suppress)
            return false;
        if (trees is not null && trees.TryGetGlobalDiagnosticValue(rule.Id, CancellationToken.None, out var global))
            return global != ReportDiagnostic.Suppress || compilation.SyntaxTrees.Any(tree => IsOn(rule, tree, CancellationToken.None));
        return trees is null || compilation.SyntaxTrees.Any(tree => IsOn(rule, tree, CancellationToken.None));
    }

    /// <summary>True when one of the rules is on in the file.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsAnyOn(IEnumerable<FlowCheck> checks, SyntaxTree tree, CancellationToken cancellation)
    {
        foreach (var check in checks)
        {
            if (IsOn(check.Rule, tree, cancellation))
                return true;
        }

        return false;
    }

    /// <summary>True when the rule is on in the file.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsOn(DiagnosticDescriptor rule, SyntaxTree tree, CancellationToken cancellation) =>
        compilation.Options.SyntaxTreeOptionsProvider is not { } trees
        || !trees.TryGetDiagnosticValue(tree, rule.Id, cancellation, out var severity)
        || severity != ReportDiagnostic.Suppress;
}
