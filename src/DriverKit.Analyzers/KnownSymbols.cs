using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Options;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <summary>DriverKit's own symbols in one compilation, each looked up when first asked for. Nothing else asks for a type by name.</summary>
internal sealed class KnownSymbols
{
    private const string Contracts = "DriverKit.Contracts.";
    private const string Primitives = "DriverKit.Primitives.";
    private const string HeadersNamespace = "DriverKit.Headers";

    private readonly ConcurrentDictionary<INamedTypeSymbol, string?> _addressKinds = new(SymbolEqualityComparer.Default);
    private readonly Lazy<INamedTypeSymbol?> _acquires;
    private readonly Lazy<INamedTypeSymbol?> _trueInAtomicContext;
    private readonly Lazy<INamedTypeSymbol?> _releases;
    private readonly Lazy<INamedTypeSymbol?> _returnsOrigin;
    private readonly Lazy<INamedTypeSymbol?> _requiresOrigin;
    private readonly Lazy<INamedTypeSymbol?> _addressKind;
    private readonly Lazy<INamedTypeSymbol?> _gfpFlags;
    private readonly Lazy<INamedTypeSymbol?> _kernelResult;
    private readonly Lazy<INamedTypeSymbol?> _errno;
    private readonly Lazy<IReadOnlyCollection<INamedTypeSymbol>> _headers;

    private KnownSymbols(Compilation compilation, LintOptions options, INamedTypeSymbol mightSleep)
    {
        Options = options;
        MightSleepAttribute = mightSleep;
        _acquires = Find(compilation, Contracts + "AcquiresAttribute");
        _trueInAtomicContext = Find(compilation, Contracts + "TrueInAtomicContextAttribute");
        _releases = Find(compilation, Contracts + "ReleasesAttribute");
        _returnsOrigin = Find(compilation, Contracts + "ReturnsOriginAttribute");
        _requiresOrigin = Find(compilation, Contracts + "RequiresOriginAttribute");
        _addressKind = Find(compilation, Primitives + "AddressKindAttribute");
        _gfpFlags = Find(compilation, Primitives + "GfpFlags");
        _kernelResult = Find(compilation, Primitives + "KernelResult");
        _errno = Find(compilation, Primitives + "Errno");
        _headers = new(() => HeadersOf(compilation));
    }

    /// <summary>The options that the project sets.</summary>
    public LintOptions Options { get; }

    public INamedTypeSymbol MightSleepAttribute { get; }

    public INamedTypeSymbol? AcquiresAttribute => _acquires.Value;

    public INamedTypeSymbol? ReleasesAttribute => _releases.Value;

    public INamedTypeSymbol? ReturnsOriginAttribute => _returnsOrigin.Value;

    public INamedTypeSymbol? RequiresOriginAttribute => _requiresOrigin.Value;

    /// <summary>The names of all members of the header classes: a method that uses none of them, directly or through other methods, has
    /// nothing for the flow rules.</summary>
    public IEnumerable<string> HeaderNames => _headers.Value.SelectMany(static type => type.MemberNames);

    /// <summary>The kernel functions.</summary>
    public IEnumerable<IMethodSymbol> HeaderMethods => _headers.Value.SelectMany(static type => type.GetMembers()).OfType<IMethodSymbol>();

    /// <summary>True for <c>in_atomic()</c> and what a driver has marked like it.</summary>
    public bool IsTrueInAtomicContext(IMethodSymbol method) =>
        _trueInAtomicContext.Value is { } attribute && method.GetAttributes().Any(data => SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute));

    /// <summary>The compilation's symbols; null when it knows nothing of DriverKit.</summary>
    public static KnownSymbols? For(Compilation compilation, LintOptions options) =>
        compilation.GetTypeByMetadataName(Contracts + "MightSleepAttribute") is { } mightSleep ? new(compilation, options, mightSleep) : null;

    /// <summary>The kind in words when the type is an address, else null. A nullable address is an address.</summary>
    public string? AddressKindOf(ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return type is INamedTypeSymbol { TypeKind: TypeKind.Struct } named ? _addressKinds.GetOrAdd(named, ReadAddressKind) : null;
    }

    public bool IsKernelResult(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _kernelResult.Value);

    public bool IsErrno(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _errno.Value);

    public bool IsGfpFlags(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _gfpFlags.Value);

    private string? ReadAddressKind(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, _addressKind.Value))
                return attribute.ConstructorArguments.FirstOrDefault().Value as string ?? type.Name;
        }

        return null;
    }

    private static Lazy<INamedTypeSymbol?> Find(Compilation compilation, string name) => new(() => compilation.GetTypeByMetadataName(name));

    private static IReadOnlyCollection<INamedTypeSymbol> HeadersOf(Compilation compilation)
    {
        INamespaceOrTypeSymbol? headers = compilation.GlobalNamespace;
        foreach (var part in HeadersNamespace.Split('.'))
            headers = headers?.GetMembers(part).OfType<INamespaceSymbol>().FirstOrDefault();
        return headers is null ? [] : [.. headers.GetTypeMembers()];
    }
}
