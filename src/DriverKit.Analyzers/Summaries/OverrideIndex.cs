using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>The methods of this compilation that a virtual or interface call may run, found by name.</summary>
internal sealed class OverrideIndex(Compilation compilation, BodyFactory bodies)
{
    /// <summary>More than this many nobody has in common what a caller could go by.</summary>
    private const int MaxOverrides = 16;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<Target>> _overrides = new(SymbolEqualityComparer.Default);

    /// <summary>All of them; none when the method is declared elsewhere, where others may override it too, or when one of them has no code.</summary>
    public ImmutableArray<Target> Of(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly)
        ? _overrides.GetOrAdd(method.OriginalDefinition, Find)
        : [];

    private ImmutableArray<Target> Find(IMethodSymbol method)
    {
        var found = new List<IMethodSymbol>();
        if (!method.IsAbstract)
            found.Add(method);
        string name = method.AssociatedSymbol?.Name ?? method.Name;
        foreach (var candidate in compilation.GetSymbolsWithName(name, SymbolFilter.Member).SelectMany(MethodsOf))
        {
            if (!candidate.IsAbstract && (Overrides(candidate, method) || Implements(candidate, method)))
                found.Add(candidate);
        }

        var targets = found.Select(candidate => new Target(candidate, bodies.Of(candidate))).ToImmutableArray();
        return targets.Length > MaxOverrides || targets.Any(static target => target.Body is null) ? [] : targets;
    }

    private static IEnumerable<IMethodSymbol> MethodsOf(ISymbol symbol) => symbol switch
    {
        IMethodSymbol method => [method],
        IPropertySymbol property => new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>(),
        _ => [],
    };

    private static bool Overrides(IMethodSymbol candidate, IMethodSymbol method)
    {
        for (var overridden = candidate.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, method))
                return true;
        }

        return false;
    }

    private static bool Implements(IMethodSymbol candidate, IMethodSymbol method) =>
        method.ContainingType.TypeKind == TypeKind.Interface
        && SymbolEqualityComparer.Default.Equals(candidate.ContainingType.FindImplementationForInterfaceMember(method), candidate);
}
