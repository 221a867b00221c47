using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names by which code can come to an address without naming its type: DriverKit's public members that give one, or give one to a
/// lambda.</summary>
internal sealed class AddressMembers
{
    private const int MaxDepth = 4;

    private readonly KnownSymbols _symbols;
    private readonly List<INamedTypeSymbol> _types;
    private readonly HashSet<ITypeSymbol> _carriers = new(SymbolEqualityComparer.Default);

    public AddressMembers(KnownSymbols symbols)
    {
        _symbols = symbols;
        _types = [.. TypesOf(symbols.MightSleepAttribute.ContainingAssembly.GlobalNamespace)];
        foreach (var type in _types.Where(type => type.GetMembers().Any(member => IsUsedUnnamed(member) && Mentions(member))).ToList())
            _carriers.Add(type);
    }

    public IEnumerable<string> Names => _types.SelectMany(NamesOf);

    private IEnumerable<string> NamesOf(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            if (member.DeclaredAccessibility == Accessibility.Public && Mentions(member))
                yield return member is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.DelegateInvoke or MethodKind.Conversion or MethodKind.UserDefinedOperator } ? type.Name : member.Name;
        }
    }

    /// <summary>What hands over an address without its own name being written: then whoever mentions the type may come to one.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static bool IsUsedUnnamed(ISymbol member) => member is IPropertySymbol { IsIndexer: true }
        or IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion }
        or IMethodSymbol { Name: "Deconstruct" or "GetEnumerator" or "GetAwaiter" };

    [MethodImpl(Jit.AtOnce)]
    private bool Mentions(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.DelegateInvoke } invoke => Mentions(invoke.ContainingType, 0),
        IMethodSymbol method => Mentions(method.ReturnType, 0)
            || method.Parameters.Any(parameter => (parameter.RefKind != RefKind.None || parameter.Type.TypeKind == TypeKind.Delegate) && Mentions(parameter.Type, 0)),
        IPropertySymbol property => Mentions(property.Type, 0),
        IFieldSymbol field => Mentions(field.Type, 0),
        IEventSymbol @event => Mentions(@event.Type, 0),
        _ => false,
    };

    [MethodImpl(Jit.AtOnce)]
    private bool Mentions(ITypeSymbol type, int depth) => depth < MaxDepth && type switch
    {
        IArrayTypeSymbol array => Mentions(array.ElementType, depth + 1),
        INamedTypeSymbol named => _symbols.AddressKindOf(named) is not null || _carriers.Contains(named)
            || named.TypeArguments.Any(argument => Mentions(argument, depth + 1))
            || (named.DelegateInvokeMethod is { } invoke
                && (Mentions(invoke.ReturnType, depth + 1) || invoke.Parameters.Any(parameter => Mentions(parameter.Type, depth + 1)))),
        _ => false,
    };

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type)
                yield return type;
            if (member is INamespaceSymbol or INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public })
            {
                foreach (var inner in TypesOf((INamespaceOrTypeSymbol)member))
                    yield return inner;
            }
        }
    }
}
